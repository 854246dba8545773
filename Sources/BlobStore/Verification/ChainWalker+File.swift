import Swarm

extension ChainWalker {
    /// Hashes a file in one pass.
    static func walk(_ file: OpenFile, _ algorithm: DigestAlgorithm, layout: PieceLayout) throws(BlobStoreError) -> (
        digest: Digest, states: StateList
    ) {
        var walker = ChainWalker(algorithm, layout: layout)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 64)
        defer { buffer.deallocate() }
        while true {
            let count = try file.read(into: buffer, at: walker.byteCount)
            if count == 0 { break }
            walker.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return walker.finish()
    }
}
