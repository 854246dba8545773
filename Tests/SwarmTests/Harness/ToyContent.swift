import Swarm

/// A blob whose piece bytes are stood for by one number each, with a toy hash chain over those numbers.
///
/// The toy keeps what matters of SHA-256: a state follows from the one before and the piece, the digest from the last state, the
/// piece and the size, and nobody can find another piece that leads to a given state. So forgers have to forge, not to cheat.
struct ToyContent: Sendable {
    let digest: Digest
    let layout: PieceLayout
    /// What the bytes of each piece are.
    let tags: [UInt64]
    /// S_1 … S_(n-1).
    let states: StateList

    var size: UInt64 { layout.blobSize }

    init(size: UInt64, seed: UInt64, algorithm: DigestAlgorithm = .sha256) {
        let layout = PieceLayout(blobSize: size)!
        let tags = (0..<layout.pieceCount).map { Toy.mix(seed, UInt64($0)) }
        self.init(layout: layout, tags: tags, digest: nil, algorithm: algorithm)
    }

    /// Other bytes under the same digest, and the chain that a forger makes up for them: it links everywhere but at its end.
    func forged(from piece: Int = 0, seed: UInt64) -> ToyContent {
        let tags = tags.enumerated().map { $0.offset < piece ? $0.element : Toy.mix(seed &+ 77, UInt64($0.offset)) }
        return ToyContent(layout: layout, tags: tags, digest: digest, algorithm: digest.algorithm)
    }

    fileprivate init(layout: PieceLayout, tags: [UInt64], digest: Digest?, algorithm: DigestAlgorithm) {
        var list = StateList(algorithm)
        var state: ChainState?
        for tag in tags.dropLast() {
            let next = Toy.step(algorithm, from: state, tag: tag)
            list.append(next)
            state = next
        }
        self.layout = layout
        self.tags = tags
        self.states = list
        self.digest = digest ?? Toy.final(algorithm, from: state, tag: tags[tags.count - 1], size: layout.blobSize)
    }
}

/// The toy hash.
enum Toy {
    static func mix(_ a: UInt64, _ b: UInt64) -> UInt64 {
        var generator = SeededGenerator(seed: a ^ (b &* 0xd6e8_feb8_6659_fd93))
        _ = generator.next()
        return generator.next()
    }

    static func step(_ algorithm: DigestAlgorithm, from state: ChainState?, tag: UInt64) -> ChainState {
        ChainState(algorithm, bytes: bytes(algorithm, from: state, tag: tag, salt: 1))!
    }

    static func final(_ algorithm: DigestAlgorithm, from state: ChainState?, tag: UInt64, size: UInt64) -> Digest {
        Digest(algorithm, bytes: bytes(algorithm, from: state, tag: tag, salt: mix(2, size)))!
    }

    private static func bytes(_ algorithm: DigestAlgorithm, from state: ChainState?, tag: UInt64, salt: UInt64) -> [UInt8] {
        var seed = mix(tag, salt)
        for byte in state?.bytes ?? [] { seed = (seed ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        var generator = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        while bytes.count < algorithm.byteCount {
            let word = generator.next()
            for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
        return bytes
    }
}

extension ToyContent: CustomStringConvertible {
    var description: String { "\(digest.short), \(size) bytes" }
}

extension ToyContent {
    /// The same bytes, passed off as another blob.
    func retold(as digest: Digest) -> ToyContent { ToyContent(layout: layout, tags: tags, digest: digest, algorithm: digest.algorithm) }
}
