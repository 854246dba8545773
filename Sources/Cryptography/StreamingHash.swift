import COpenSSL

/// A SHA-2 hash that is fed piece by piece, and whose internal state can be taken out at one piece's end and put in at the next one's begin.
///
/// With `S_0` the standard initial value and `S_i` the state after piece i, a piece is right if and only if resuming from `S_(i-1)`
/// and feeding the piece gives `S_i`; the last one gives the digest itself. Pieces can so be checked alone, in any order, on any thread.
public struct StreamingHash: ~Copyable, Sendable {
    public let algorithm: HashAlgorithm
    private var hash: shoal_hash

    /// Begins at the standard initial value.
    public init(_ algorithm: HashAlgorithm) {
        self.algorithm = algorithm
        self.hash = shoal_hash()
        shoal_hash_init(&hash, algorithm == .sha512 ? 1 : 0)
    }

    /// Continues where an earlier hash was when its state was exported.
    ///
    /// - Parameters:
    ///   - state: `algorithm.stateByteCount` bytes, big-endian words as FIPS 180-4 writes them.
    ///   - byteCount: bytes hashed before, a multiple of `algorithm.blockByteCount`.
    public init(_ algorithm: HashAlgorithm, resuming state: [UInt8], afterBytes byteCount: UInt64) throws(HashError) {
        guard state.count == algorithm.stateByteCount else { throw .wrongStateLength(algorithm: algorithm, actual: state.count) }
        let pending = Int(byteCount % UInt64(algorithm.blockByteCount))
        guard pending == 0 else { throw .offBlockBoundary(algorithm: algorithm, pending: pending) }
        guard byteCount < 1 << 61 else { throw .tooManyBytes(byteCount) }
        self.algorithm = algorithm
        self.hash = shoal_hash()
        shoal_hash_resume(&hash, algorithm == .sha512 ? 1 : 0, state, byteCount)
    }

    /// Hashes the next bytes; any cut into calls gives the same result.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
        shoal_hash_update(&hash, start, bytes.count)
    }

    /// Hashes the next bytes; any cut into calls gives the same result.
    public mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The state after all bytes so far: `algorithm.stateByteCount` bytes. Fails off a block boundary, where the state says too little.
    public func exportState() throws(HashError) -> [UInt8] {
        let pending = withUnsafePointer(to: hash) { shoal_hash_pending($0) }
        guard pending == 0 else { throw .offBlockBoundary(algorithm: algorithm, pending: Int(pending)) }
        return [UInt8](unsafeUninitializedCapacity: algorithm.stateByteCount) { buffer, count in
            count = algorithm.stateByteCount
            withUnsafePointer(to: hash) { shoal_hash_export($0, buffer.baseAddress) }
        }
    }

    /// Pads and ends the hash: the digest, `algorithm.stateByteCount` bytes.
    public consuming func finalise() -> [UInt8] {
        let byteCount = algorithm.stateByteCount
        return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, count in
            count = byteCount
            shoal_hash_final(&hash, buffer.baseAddress)
        }
    }

    /// The digest of bytes that lie in memory.
    public static func digest(_ algorithm: HashAlgorithm, of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hash = StreamingHash(algorithm)
        hash.update(bytes)
        return hash.finalise()
    }

    /// The digest of bytes that lie in memory.
    public static func digest(_ algorithm: HashAlgorithm, of bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { digest(algorithm, of: $0) }
    }
}
