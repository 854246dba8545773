import NIOCore
import PeerNetwork
import Registry
import Swarm

/// Gives the swarm the registry client to fetch with.
struct SwarmOrigin: OriginFetching {
    let client: OriginClient

    func fetch(_ digest: Digest, at location: OriginLocation, range: Range<UInt64>?) async throws(OriginFailure) -> OriginAnswer {
        let kind: ContentLocation.Kind = location.isManifest ? .manifest : .blob
        let place = ContentLocation(registry: location.registry, repository: location.repository, kind: kind)
        do throws(OriginError) {
            let response = try await client.fetch(place, digest, byteRange: range)
            let body = BodyReader(response.body)
            return OriginAnswer(blobSize: response.totalSize, isRangeIgnored: response.isRangeIgnored) { () async throws(OriginFailure) in
                do throws(OriginError) {
                    return try await body.next().map { BodyChunk(buffer: $0) }
                } catch {
                    throw OriginFailure(error)
                }
            }
        } catch {
            throw OriginFailure(error)
        }
    }
}

extension SwarmOrigin {
    func contradicted(_ digest: Digest) async { await client.askTheSource(for: digest) }

    func leaveAlone(_ server: String, for duration: Duration) async { await client.leaveAlone(server, for: duration) }
}

extension OriginFailure {
    init(_ error: OriginError) {
        switch error.reason {
        case .notFound, .hidden: self = .notFound(error.description)
        default: self = error.isDefinitive ? .refused(error.description) : .broken(error.description)
        }
    }
}

/// The HTTP client's buffer, handed on without copying.
private struct BodyChunk: ByteChunk {
    let buffer: ByteBuffer

    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) { buffer.withUnsafeReadableBytes(body) }
}

/// Holds a body's iterator between calls.
private actor BodyReader {
    private var iterator: OriginBody.AsyncIterator

    init(_ body: OriginBody) { iterator = body.makeAsyncIterator() }

    func next() async throws(OriginError) -> ByteBuffer? {
        // One caller reads in order; the copy keeps the actor's state whole across the wait.
        var iterator = iterator
        defer { self.iterator = iterator }
        return try await iterator.next(isolation: self)
    }
}
