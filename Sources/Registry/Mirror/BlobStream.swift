import Hummingbird
import Logging
import NIOCore
import Swarm

/// One range of a blob on its way to one client, as fast as both allow.
struct BlobStream: Sendable {
    let lease: ContentLease
    let digest: Digest
    let range: Range<UInt64>
    let limits: MirrorLimits
    let context: MirrorContext
    let observer: (any MirrorObserver)?
    let logger: Logger

    /// Waits for the first bytes, before any head is sent: a blob that fails at once is then a plain 404. A client that resumes where a
    /// body ended short must get that, and not an empty body over and over.
    ///
    /// - Returns: nil for an empty range.
    func begin() async throws -> ByteBuffer? {
        guard !range.isEmpty else { return nil }
        do {
            return try await read(at: range.lowerBound, try await context.presence())
        } catch {
            await lease.close()
            throw error
        }
    }

    /// Streams the body. When the blob fails, what was promised can no longer be kept: the body ends short with an orderly end of the
    /// connection (FIN), on which containerd resumes with a range; a reset would be fatal to its pull.
    ///
    /// - Parameters:
    ///   - first: what `begin` gave.
    @concurrent func write(_ first: ByteBuffer?, to writer: inout any ResponseBodyWriter) async throws {
        var offset = range.lowerBound
        var next = first
        do {
            let presence = try await context.presence()
            while let chunk = next {
                if offset == range.lowerBound { observer?.firstByte(after: .now - context.started) }
                offset += UInt64(chunk.readableBytes)
                // Reading and writing overlap: the next chunk is fetched while the client takes this one.
                let from = offset
                async let following = from < range.upperBound ? read(at: from, presence) : nil
                try await context.watched(limits.writeStall) { try await writer.write(chunk) }
                observer?.sent(bytes: chunk.readableBytes)
                next = try await following
            }
            await lease.close()
            // While shutting down, the framework closes the connection as soon as it is given the end, dropping what still waits before it.
            try await context.watched(limits.writeStall) { try await context.sent() }
            try await writer.finish(nil)
        } catch let error as ContentError {
            await lease.close()
            if error != .cancelled {
                logger.warning("a body ended short", metadata: ["digest": "\(digest)", "offset": "\(offset)", "reason": "\(error)"])
            }
            // Waits until what was written is on its way, then sends FIN. An error means that the connection is gone already.
            try? await context.watched(limits.writeStall) { try await context.channel.close(mode: .output).get() }
            throw error
        } catch {
            await lease.close()
            logger.debug("the client went away", metadata: ["digest": "\(digest)", "offset": "\(offset)", "reason": "\(error)"])
            throw error
        }
    }

    private func read(at offset: UInt64, _ presence: ClientPresence) async throws -> ByteBuffer {
        let limit = Int(min(UInt64(limits.chunkBytes), range.upperBound - offset))
        let content = lease.content
        let chunk = try await presence.whileHere { try await content.read(at: offset, limit: limit) }
        guard (1...limit).contains(chunk.readableBytes) else {
            throw ContentError.unavailable("\(digest): the source gave \(chunk.readableBytes) bytes where 1 to \(limit) were asked for")
        }
        return chunk
    }
}
