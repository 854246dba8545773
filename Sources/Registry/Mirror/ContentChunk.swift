public import NIOCore
import Swarm

/// Verified bytes of a blob, as a source has them.
public enum ContentChunk: Sendable {
    case bytes(ByteBuffer)
    /// These bytes of a file. They are not changed any more.
    case file(any BlobFile, Range<UInt64>)

    /// Bytes.
    var count: Int {
        switch self {
        case .bytes(let bytes): bytes.readableBytes
        case .file(_, let range): range.count
        }
    }

    /// The bytes in memory.
    ///
    /// - Throws: `ContentError` when the file does not have them any more.
    func copied(_ digest: Digest) throws(ContentError) -> ByteBuffer {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let file, let range):
            do {
                return try file.bytes(range)
            } catch {
                throw .unavailable("\(digest.short) cannot be read: \(error)")
            }
        }
    }
}
