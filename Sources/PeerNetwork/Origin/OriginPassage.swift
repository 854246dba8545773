import Cryptography
import Swarm

/// A blob on its way from the origin to one reader, past the store.
///
/// The bytes are hashed as they come. The last of them are held back until the digest has come out right, so that no client ever gets a
/// whole blob that is wrong.
struct OriginPassage {
    /// What is held back, at most.
    static let heldBackBytes: UInt64 = 64 << 10

    /// Of the whole blob.
    let size: UInt64
    private let digest: Digest
    /// Bytes that came and that the reader may still ask for, from `start` on.
    private var window: [UInt8] = []
    private var start: UInt64
    let hash: PassageHash
    private var isVerified = false
    /// Where it comes from now; nil when the origin must be asked again.
    var answer: OriginAnswer?
    /// Attempts at the origin since a byte came.
    var failures = 0

    /// - Parameters:
    ///   - start: the first byte that will come; a piece's beginning.
    ///   - state: the chain state there; nil at the blob's beginning.
    init(_ digest: Digest, size: UInt64, from start: UInt64 = 0, state: ChainState? = nil) throws(HashError) {
        self.digest = digest
        self.size = size
        self.start = start
        self.hash = try PassageHash(digest.algorithm, state, at: start)
    }

    /// Where the next bytes from the origin belong.
    var end: UInt64 { start + UInt64(window.count) }

    /// Whether the reader has not gone back to what is forgotten.
    func reaches(_ offset: UInt64) -> Bool { offset >= start }

    /// Takes in bytes that came, and have been hashed.
    ///
    /// - Returns: false when the blob is not what the digest says.
    mutating func take(_ bytes: [UInt8]) -> Bool {
        guard UInt64(bytes.count) <= size - end else { return false }
        window += bytes
        failures = 0
        guard end == size else { return true }
        isVerified = hash.finish() == digest.bytes
        return isVerified
    }

    /// Bytes from `offset` on that may go out, at most `limit`; none when more must come first. What lies before is forgotten.
    mutating func give(from offset: UInt64, limit: Int) -> [UInt8] {
        let used = Int(min(offset, end) - start)
        window.removeFirst(used)
        start += UInt64(used)
        let free = isVerified ? size : size - min(size, Self.heldBackBytes)
        guard offset == start, free > start else { return [] }
        return Array(window.prefix(min(limit, Int(free - start))))
    }
}

/// The hash of what has passed. Handed to a pool thread and back, never used by two at once.
final class PassageHash: @unchecked Sendable {  // one owner at a time: awaited on the pool before its next use
    private var hash: StreamingHash?
    private let algorithm: HashAlgorithm

    init(_ algorithm: DigestAlgorithm, _ state: ChainState?, at offset: UInt64) throws(HashError) {
        self.algorithm =
            switch algorithm {
            case .sha256: .sha256
            case .sha512: .sha512
            }
        if let state {
            hash = try StreamingHash(self.algorithm, resuming: state.bytes, afterBytes: offset)
        } else {
            hash = StreamingHash(self.algorithm)
        }
    }

    /// Hashes a chunk and copies it, since it belongs to the HTTP client.
    func update(_ chunk: any ByteChunk) -> [UInt8] {
        var bytes: [UInt8] = []
        chunk.withBytes { bytes = Array($0) }
        hash?.update(bytes)
        return bytes
    }

    /// The digest of everything; once.
    func finish() -> [UInt8] { hash.take()?.finalise() ?? [] }
}
