/// The hash's internal state after a piece: S_i of the digest chain. 32 bytes for sha256, 64 for sha512.
public struct ChainState: Hashable, Sendable, CustomStringConvertible {
    public let algorithm: DigestAlgorithm
    private let value: HashBytes

    /// - Returns: nil unless there are exactly as many bytes as the algorithm's state has.
    public init?(_ algorithm: DigestAlgorithm, bytes: some Collection<UInt8>) {
        guard bytes.count == algorithm.byteCount else { return nil }
        self.algorithm = algorithm
        self.value = HashBytes(bytes)
    }

    func hasBytes(_ bytes: UnsafeRawBufferPointer) -> Bool { value.begins(with: bytes) }

    public var bytes: [UInt8] { value.prefix(algorithm.byteCount) }

    public var description: String { Hex.encode(value.prefix(6)) }
}
