import HTTPTypes
import Hummingbird
import NIOCore
import Swarm

extension MirrorResponder {
    /// HEAD of a blob: the size this node knows, else the origin's word, else a download is begun to learn it, because some registries
    /// refuse a HEAD for what they give to a GET.
    func blobHead(_ digest: Digest, _ wanted: Wanted) async throws -> Response {
        var fields = Self.fields(of: digest, type: MediaType.octetStream)
        let access = try await gate.admit(wanted.caller, to: .blob(digest), in: wanted.place)
        let isPastStore = try await gate.use(access, of: digest, in: wanted.place)
        let size: UInt64
        wanted.context.trail.note { $0.digest = digest }
        if let held = await source.heldSize(of: digest) {
            size = held
        } else if let told = try? await origin.size(of: digest, at: wanted.location(.blob)) {
            size = told
        } else {
            let lease = try await open(digest, wanted, try await wanted.context.connection(), isPastStore: isPastStore)
            size = lease.content.size
            await lease.close()
        }
        if wanted.conditions.alreadyHas(digest) { return Response(status: .notModified, headers: fields) }
        fields[.contentLength] = "\(size)"
        return Response(status: .ok, headers: fields)
    }

    /// GET of a blob, whole or one range of it, streamed as its bytes become verified.
    func blob(_ digest: Digest, _ wanted: Wanted) async throws -> Response {
        var fields = Self.fields(of: digest, type: MediaType.octetStream)
        let access = try await gate.admit(wanted.caller, to: .blob(digest), in: wanted.place)
        let isPastStore = try await gate.use(access, of: digest, in: wanted.place)
        if wanted.conditions.alreadyHas(digest) { return Response(status: .notModified, headers: fields) }
        wanted.context.trail.note { $0.digest = digest }
        let connection = try await wanted.context.connection()
        let lease = try await open(digest, wanted, connection, isPastStore: isPastStore)
        let size = lease.content.size
        let segments: [BodySegment]
        var status = HTTPResponse.Status.ok
        switch wanted.conditions.selection(of: digest, size: size) {
        case .whole:
            segments = size > 0 ? [.bytes(0..<size)] : []
        case .part(let part):
            segments = [.bytes(part)]
            fields[.contentRange] = ContentRange(part, ofSize: size).description
            status = .partialContent
        case .parts(let parts):
            let multipart = MultipartRanges(parts, ofSize: size, type: MediaType.octetStream)
            segments = multipart.segments
            fields[.contentType] = multipart.contentType
            status = .partialContent
        case .unsatisfiable:
            await lease.close()
            var failure = MirrorFailure(
                .rangeNotSatisfiable, .unsupported, "\(digest.short) has \(size) bytes: no byte of it is in the range asked for")
            failure.fields[.contentRange] = ContentRange(unsatisfiedOfSize: size).description
            throw failure
        }
        let stream = BlobStream(
            lease: lease, digest: digest, segments: segments, limits: limits, isEncrypted: isEncrypted, context: wanted.context,
            connection: connection,
            observer: observer, logger: logger)
        let body: ResponseBody
        do {
            body = try await stream.begin()
        } catch let error as ContentError {
            throw MirrorFailure(error, of: .blob)
        }
        return Response(status: status, headers: fields, body: body)
    }

    private func open(
        _ digest: Digest, _ wanted: Wanted, _ connection: ClientConnection, isPastStore: Bool
    ) async throws -> ContentLease {
        let location = wanted.location(.blob)
        do {
            return try await connection.presence.whileHere { [source] in
                ContentLease(
                    isPastStore ? try await source.openPastStore(digest, at: location) : try await source.open(digest, at: location))
            }
        } catch let error as ContentError {
            throw MirrorFailure(error, of: .blob)
        }
    }
}
