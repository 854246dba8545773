import Swarm

/// Blobs that exist nowhere, as large as a usual layer. New ones for each run, so that no real agent ever meets these swarms.
struct SyntheticBlobs {
    static let sizeBytes: UInt64 = 16 << 20

    let digests: [Digest]
    /// The chain states that whoever gets a lease vouches for: of the right number, which is all that a tracker can tell.
    let states: [UInt8]

    init(count: Int) {
        var generator = SystemRandomNumberGenerator()
        digests = (0..<count).compactMap { _ in
            Digest(.sha256, bytes: (0..<DigestAlgorithm.sha256.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
        }
        let pieces = PieceLayout(blobSize: Self.sizeBytes)?.pieceCount ?? 1
        states = [UInt8](repeating: 0x5a, count: (pieces - 1) * DigestAlgorithm.sha256.byteCount)
    }
}
