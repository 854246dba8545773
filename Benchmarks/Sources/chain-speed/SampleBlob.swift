import BlobStore
import Swarm

/// A blob in memory with its chain states, made before anything is measured.
struct SampleBlob: @unchecked Sendable {  // its memory is never written again, and never freed
    let bytes: UnsafeRawBufferPointer
    let layout: PieceLayout
    let digest: Digest
    let states: StateList

    /// - Parameter byteCount: a multiple of eight. The bytes are those of a small generator; SHA-256 takes as long for any.
    init(byteCount: Int) {
        guard let layout = PieceLayout(blobSize: UInt64(byteCount)) else { Output.fail("no blob of \(byteCount) bytes has a layout") }
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 4096)
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        for offset in stride(from: 0, to: byteCount, by: 8) {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            memory.storeBytes(of: state, toByteOffset: offset, as: UInt64.self)
        }
        bytes = UnsafeRawBufferPointer(memory)
        self.layout = layout
        var walker = ChainWalker(.sha256, layout: layout)
        walker.update(bytes)
        (digest, states) = walker.finish()
    }

    func piece(_ index: Int) -> UnsafeRawBufferPointer {
        let start = Int(layout.offset(of: index))
        return UnsafeRawBufferPointer(rebasing: bytes[start..<start + layout.length(of: index)])
    }
}
