/// The OCI content digest of a blob, such as `sha256:9f86…`: the only root of trust in the swarm.
public struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    public let algorithm: DigestAlgorithm
    private let value: HashBytes

    /// - Returns: nil unless there are exactly as many bytes as the algorithm makes.
    public init?(_ algorithm: DigestAlgorithm, bytes: some Collection<UInt8>) {
        guard bytes.count == algorithm.byteCount else { return nil }
        self.algorithm = algorithm
        self.value = HashBytes(bytes)
    }

    /// Parses `algorithm:hex` (OCI image-spec, descriptor.md, "Digests"): lower-case hex of the full length, registered algorithms only.
    public init(parsing text: some StringProtocol) throws(DigestError) {
        guard let colon = text.firstIndex(of: ":") else { throw .malformed(String(text.prefix(160))) }
        guard let algorithm = DigestAlgorithm(name: text[..<colon]) else { throw .unsupportedAlgorithm(String(text[..<colon].prefix(32))) }
        guard let bytes = Hex.decode(text[text.index(after: colon)...]), let digest = Digest(algorithm, bytes: bytes) else {
            throw .malformed(String(text.prefix(160)))
        }
        self = digest
    }

    /// The raw bytes, 32 or 64 of them.
    public var bytes: [UInt8] { value.prefix(algorithm.byteCount) }

    /// The first eight bytes as a number, for tables of digests whose content is known: anybody can make others that begin alike.
    public var beginning: UInt64 { value.words[0] }

    /// The part after the colon: also the blob's file name in an OCI image layout.
    public var hex: String { Hex.encode(bytes) }

    public var description: String { "\(algorithm.name):\(hex)" }

    /// Enough for a person to tell two blobs apart in a table or a log line.
    public var short: String { "\(algorithm.name):\(Hex.encode(value.prefix(6)))" }

    public static func < (left: Digest, right: Digest) -> Bool {
        left.algorithm == right.algorithm ? left.value.precedes(right.value) : left.algorithm.rawValue < right.algorithm.rawValue
    }
}

/// Why a text is not a digest.
public enum DigestError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case unsupportedAlgorithm(String)

    public var description: String {
        switch self {
        case .malformed(let text): "\"\(text)\" is not a digest: expected sha256:<64 lower-case hex digits> or sha512:<128>"
        case .unsupportedAlgorithm(let name): "digest algorithm \"\(name)\" is not registered by OCI: use sha256 or sha512"
        }
    }
}
