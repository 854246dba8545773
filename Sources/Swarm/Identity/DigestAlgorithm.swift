/// The hash algorithms that OCI registers for content digests (image-spec, descriptor.md, "Registered algorithms").
public enum DigestAlgorithm: UInt8, Sendable, CaseIterable {
    case sha256 = 1
    case sha512 = 2

    /// The name as it stands before the colon of a digest.
    public var name: String {
        switch self {
        case .sha256: "sha256"
        case .sha512: "sha512"
        }
    }

    public init?(name: some StringProtocol) {
        guard let match = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = match
    }

    /// Bytes of a digest, and of a chain state: neither algorithm truncates its state.
    public var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha512: 64
        }
    }
}
