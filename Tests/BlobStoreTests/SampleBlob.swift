import BlobStore
import Cryptography
import StorageTestSupport
import Swarm
import Testing

/// A blob made from a seed, with its digest, layout and the links of its pieces.
struct SampleBlob: Sendable {
    let bytes: [UInt8]
    let digest: Digest
    let layout: PieceLayout
    let states: StateList

    init(size: Int, seed: UInt64 = 1, algorithm: DigestAlgorithm = .sha256) throws {
        try self.init(SeededGenerator.bytes(size, seed: seed), algorithm: algorithm)
    }

    init(_ bytes: [UInt8], algorithm: DigestAlgorithm = .sha256) throws {
        self.bytes = bytes
        layout = try #require(PieceLayout(blobSize: UInt64(bytes.count)))
        var walker = ChainWalker(algorithm, layout: layout)
        bytes.withUnsafeBytes { walker.update($0) }
        (digest, states) = walker.finish()
    }

    var verifier: PieceVerifier { PieceVerifier(digest: digest, layout: layout) }

    func piece(_ index: Int) -> [UInt8] {
        let start = Int(layout.offset(of: index))
        return Array(bytes[start..<start + layout.length(of: index)])
    }

    /// The piece's link, as the check of its bytes against the list gives it.
    func link(_ index: Int) throws -> PieceLink {
        let check = verifier.check(piece(index), piece: index, start: states[index], end: states[index + 1])
        guard case .links(let link) = check else { throw Unexpected(check: check) }
        return link
    }

    func write(_ pieces: some Sequence<Int>, to partial: PartialBlob, isTrusted: Bool = true) throws {
        for index in pieces { #expect(try partial.write(piece(index), link(index), isTrusted: isTrusted)) }
    }

    struct Unexpected: Error {
        let check: PieceCheck
    }
}

extension BlobStore {
    func bytes(of digest: Digest) throws -> [UInt8] {
        let blob = try openForReading(digest)
        return try blob.read(at: 0, count: Int(blob.size))
    }
}
