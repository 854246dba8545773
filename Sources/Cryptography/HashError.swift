/// Why a hash could not be resumed or its state not be taken. Each is a mistake of the caller or a malformed state list, never bad luck.
public enum HashError: Error, Equatable, CustomStringConvertible {
    /// A state exists only at a multiple of the block; `pending` bytes lie beyond the last one.
    case offBlockBoundary(algorithm: HashAlgorithm, pending: Int)
    /// A state of this algorithm has another length.
    case wrongStateLength(algorithm: HashAlgorithm, actual: Int)
    /// Beyond what is counted here: 2^61 - 1 bytes.
    case tooManyBytes(UInt64)

    public var description: String {
        switch self {
        case .offBlockBoundary(let algorithm, let pending):
            "\(pending) bytes lie beyond a block boundary of \(algorithm): cut pieces at multiples of \(algorithm.blockByteCount) bytes"
        case .wrongStateLength(let algorithm, let actual):
            "a state of \(actual) bytes is none of \(algorithm): expected \(algorithm.stateByteCount) bytes"
        case .tooManyBytes(let count): "cannot resume a hash after \(count) bytes: the limit is 2^61 - 1"
        }
    }
}
