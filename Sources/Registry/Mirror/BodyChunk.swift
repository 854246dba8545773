import NIOCore
import Swarm

/// Part of a body, ready to be sent.
enum BodyChunk: Sendable {
    case bytes(ByteBuffer)
    case file(FilePart)

    /// - Parameter isCopied: whether it must lie in memory.
    /// - Throws: `ContentError` when the file does not have the bytes any more.
    init(_ digest: Digest, _ chunk: ContentChunk, isCopied: Bool) throws(ContentError) {
        switch chunk {
        case .bytes(let bytes): self = .bytes(bytes)
        case .file where isCopied: self = .bytes(try chunk.copied(digest))
        case .file(let file, let range): self = .file(try FilePart(digest, file, range))
        }
    }

    /// Bytes.
    var count: Int {
        switch self {
        case .bytes(let bytes): bytes.readableBytes
        case .file(let part): part.count
        }
    }
}
