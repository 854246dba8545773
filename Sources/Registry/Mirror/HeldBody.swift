import NIOCore
import NIOHTTP1
import Swarm

/// One answer on its way, a chunk of its body at a time. Lives on the connection's event loop.
final class HeldBody {
    let digest: Digest
    let keepAlive: Bool
    /// For the access log; nil when there is none, or it has been told.
    var entry: AccessEntry?
    /// Bytes of the body that were handed to the connection.
    private(set) var written = 0
    private let chunkBytes: Int
    private let isEncrypted: Bool
    private let observer: (any MirrorObserver)?
    private let started = ContinuousClock.now
    private var head: HTTPResponseHead?
    private var rest: HeldAnswer.Body
    /// What of the file was handed to the connection and not yet to the system.
    private var part: FilePart?
    /// Bytes handed to the connection and not yet to the system.
    private var unsent = 0

    init(_ answer: HeldAnswer, keepAlive: Bool, isEncrypted: Bool, _ limits: MirrorLimits, _ observer: (any MirrorObserver)?) {
        digest = answer.digest
        self.keepAlive = keepAlive
        self.isEncrypted = isEncrypted
        self.observer = observer
        chunkBytes = limits.chunkBytes
        rest = answer.body
        var head = answer.head
        if !keepAlive { head.headers.add(name: "Connection", value: "close") }
        self.head = head
    }

    var isAtEnd: Bool {
        if case .empty = rest { true } else { false }
    }

    /// Writes the next chunk, the head before the first one and the end after the last; not flushed.
    ///
    /// - Parameter promise: kept when the system has taken all of it.
    /// - Throws: `ContentError` when the file does not have the bytes any more; the promise is still the caller's then.
    func writeNext(to context: ChannelHandlerContext, promise: EventLoopPromise<Void>) throws(ContentError) {
        let chunk = try takeChunk()
        if let head {
            observer?.answered(status: Int(head.status.code))
            if chunk != nil { observer?.firstByte(after: .now - started) }
            context.write(NIOAny(HTTPServerResponsePart.head(head)), promise: nil)
            self.head = nil
        }
        if let chunk {
            unsent = chunk.readableBytes
            written += unsent
            context.write(NIOAny(HTTPServerResponsePart.body(chunk)), promise: isAtEnd ? nil : promise)
        }
        if isAtEnd { context.write(NIOAny(HTTPServerResponsePart.end(nil)), promise: promise) }
    }

    /// Why the file has not the bytes that were handed out of it; nil when it has.
    var cutOff: ContentError? { part?.cutOff }

    /// The last chunk has been taken.
    func acknowledge() {
        if unsent > 0 { observer?.sent(bytes: unsent) }
        entry?.bytes += unsent
        unsent = 0
        part = nil
    }

    /// What the access log is told, once.
    func takeEntry() -> AccessEntry? {
        defer { entry = nil }
        entry?.seconds = (ContinuousClock.now - started) / .seconds(1)
        return entry
    }

    /// Lets go of the file.
    func release() {
        part = nil
        rest = .empty
    }

    private func takeChunk() throws(ContentError) -> IOData? {
        switch rest {
        case .empty: return nil
        case .segments(let file, let segments): return try takeChunk(of: segments, file)
        case .bytes(let bytes):
            rest = .empty
            return .byteBuffer(bytes)
        case .file(let file, let range):
            let end = range.lowerBound + min(UInt64(chunkBytes), UInt64(range.count))
            rest = end < range.upperBound ? .file(file, end..<range.upperBound) : .empty
            return try chunk(of: file, range.lowerBound..<end)
        }
    }

    /// What is small is gathered in memory, with what stands around it; what is not goes from the file.
    private func takeChunk(of segments: ArraySlice<BodySegment>, _ file: any BlobFile) throws(ContentError) -> IOData {
        var (segments, buffer) = (segments, ByteBuffer())
        while let segment = segments.first {
            switch segment {
            case .text(let text): buffer.writeString(text)
            case .bytes(let range) where range.count <= HeldAnswer.copiedBytes:
                do {
                    buffer.writeImmutableBuffer(try file.bytes(range))
                } catch {
                    throw .unavailable("\(digest.short) cannot be read: \(error)")
                }
            case .bytes(let range):
                guard buffer.readableBytes == 0 else { return .byteBuffer(take(buffer, leaving: segments, file)) }
                let end = range.lowerBound + min(UInt64(chunkBytes), UInt64(range.count))
                let behind = segments.dropFirst()
                rest = .segments(file, end < range.upperBound ? [.bytes(end..<range.upperBound)] + behind : behind)
                return try chunk(of: file, range.lowerBound..<end)
            }
            segments = segments.dropFirst()
            if buffer.readableBytes >= HeldAnswer.copiedBytes { break }
        }
        return .byteBuffer(take(buffer, leaving: segments, file))
    }

    private func chunk(of file: any BlobFile, _ range: Range<UInt64>) throws(ContentError) -> IOData {
        guard !isEncrypted else { return .byteBuffer(try ContentChunk.file(file, range).copied(digest)) }
        let part = try FilePart(digest, file, range)
        self.part = part
        return .fileRegion(part.region)
    }

    private func take(_ buffer: ByteBuffer, leaving segments: ArraySlice<BodySegment>, _ file: any BlobFile) -> ByteBuffer {
        rest = segments.isEmpty ? .empty : .segments(file, segments)
        return buffer
    }
}
