import Hummingbird
import Logging
import NIOCore
import Swarm

/// A blob, or parts of it, on its way to one client, as fast as both allow.
struct BlobStream: Sendable {
    let lease: ContentLease
    let digest: Digest
    /// What the body consists of; empty for an empty blob.
    let segments: [BodySegment]
    let limits: MirrorLimits
    let isEncrypted: Bool
    let context: MirrorContext
    let connection: ClientConnection
    let observer: (any MirrorObserver)?
    let logger: Logger

    /// Up to here a body is copied and goes out with its head in one write, which also fits into any socket's buffer: while shutting down,
    /// the framework closes the connection as soon as it is given the end, dropping what still waits before it.
    private static let copiedBytes = 16 << 10

    /// Waits for the first bytes, before any head is sent: a blob that fails at once is then a plain 404. A client that resumes where a
    /// body ended short must get that, and not an empty body over and over.
    func begin() async throws -> ResponseBody {
        do {
            guard let range = firstRange else {
                await lease.close()
                return ResponseBody(byteBuffer: ByteBuffer())
            }
            let first = try await connection.presence.whileHere { try await read(range) }
            let length = segments.reduce(0) { $0 + $1.count }
            guard first.count == length, first.count <= Self.copiedBytes else {
                let chunk = try BodyChunk(digest, first, isCopied: isEncrypted)
                context.trail.streams()
                return ResponseBody(contentLength: length) { writer in try await write(chunk, to: &writer) }
            }
            let bytes = try first.copied(digest)
            await noteProvenance()
            await lease.close()
            observer?.firstByte(after: .now - context.started)
            observer?.sent(bytes: bytes.readableBytes)
            return ResponseBody(byteBuffer: bytes)
        } catch {
            await lease.close()
            throw error
        }
    }

    /// Streams the body. When the blob fails, what was promised can no longer be kept: the body ends short with an orderly end of the
    /// connection (FIN), on which containerd resumes with a range; a reset would be fatal to its pull.
    @concurrent private func write(_ first: BodyChunk, to writer: inout any ResponseBodyWriter) async throws {
        let body = StreamedBody(connection, observer)
        try await withTaskCancellationHandler {
            do {
                try await connection.presence.whileHere { try await pump(first, body) }
                await end(body)
            } catch {
                await end(body)
                await lease.close()
                // Ends when the client has taken what was written, or was given up because it does not. An error means that it is gone already.
                if error is ContentError { try? await connection.finish() }
                throw error
            }
            try await writer.finish(nil)
        } onCancel: {
            connection.close()
        }
    }

    private func end(_ body: StreamedBody) async {
        await noteProvenance()
        context.trail.note { $0.bytes = body.taken }
        context.trail.end()
    }

    private func noteProvenance() async {
        let provenance = await lease.content.provenance()
        context.trail.note { $0.source = provenance }
    }

    /// Sends all chunks. The next one is fetched while the client takes this one.
    private func pump(_ first: BodyChunk, _ body: StreamedBody) async throws {
        var offset: UInt64 = 0
        do {
            observer?.firstByte(after: .now - context.started)
            var first: BodyChunk? = first
            for segment in segments {
                switch segment {
                case .text(let text): try await body.send(.bytes(ByteBuffer(string: text)))
                case .bytes(let range):
                    offset = range.lowerBound
                    while offset < range.upperBound {
                        let chunk =
                            if let first { first } else {
                                try BodyChunk(digest, try await read(offset..<range.upperBound), isCopied: isEncrypted)
                            }
                        first = nil
                        try await body.send(chunk)
                        offset += UInt64(chunk.count)
                    }
                }
            }
            await lease.close()
            // The framework gets no end before all has been taken, for the reason that `copiedBytes` has.
            try await body.sent()
        } catch ContentError.cancelled {
            throw ContentError.cancelled
        } catch {
            let metadata: Logger.Metadata = ["digest": "\(digest)", "offset": "\(offset)", "reason": "\(error)"]
            if error is ContentError {
                logger.warning("a body ended short", metadata: metadata)
            } else {
                logger.debug("the client went away", metadata: metadata)
            }
            throw error
        }
    }

    private var firstRange: Range<UInt64>? {
        for case .bytes(let range) in segments { return range }
        return nil
    }

    /// The beginning of a range.
    private func read(_ range: Range<UInt64>) async throws -> ContentChunk {
        let limit = min(limits.chunkBytes, range.count)
        let chunk = try await lease.content.read(at: range.lowerBound, limit: limit)
        guard (1...limit).contains(chunk.count) else {
            throw ContentError.unavailable("\(digest): the source gave \(chunk.count) bytes where 1 to \(limit) were asked for")
        }
        return chunk
    }
}
