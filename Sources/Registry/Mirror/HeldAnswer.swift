import NIOCore
import NIOHTTP1
import Swarm

/// The answer to a request for a blob that this node holds whole: its head, and the bytes that follow.
struct HeldAnswer {
    enum Body {
        case empty
        /// Small, and read already.
        case bytes(ByteBuffer)
        /// To be sent from the file; never empty.
        case file(any BlobFile, Range<UInt64>)
        /// Several parts of the file and what stands between them; never empty.
        case segments(any BlobFile, ArraySlice<BodySegment>)
    }

    /// Up to here a body is copied and goes out with its head in one write: cheaper than a second system call.
    static let copiedBytes = 64 << 10

    let digest: Digest
    let place: RepositoryPlace
    var head: HTTPResponseHead
    var body = Body.empty
}

extension HeldAnswer.Body {
    /// - Throws: what the disk says of bytes that are copied.
    init(_ file: any BlobFile, _ range: Range<UInt64>) throws {
        guard !range.isEmpty else {
            self = .empty
            return
        }
        guard range.count <= HeldAnswer.copiedBytes else {
            self = .file(file, range)
            return
        }
        self = .bytes(try file.bytes(range))
    }
}
