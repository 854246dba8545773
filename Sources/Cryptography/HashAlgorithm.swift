/// The hash functions of FIPS 180-4 whose digest is their whole internal state, which is what makes a digest chain authentic to its end.
public enum HashAlgorithm: Sendable, Hashable, CaseIterable {
    case sha256
    case sha512

    /// Bytes of the internal state, and of the digest: neither is truncated.
    public var stateByteCount: Int {
        switch self {
        case .sha256: 32
        case .sha512: 64
        }
    }

    /// Bytes of a block: a state exists only after a whole number of them.
    public var blockByteCount: Int {
        switch self {
        case .sha256: 64
        case .sha512: 128
        }
    }
}
