import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Swarm

extension MirrorResponder {
    /// A manifest by tag: the origin says what the tag means now, unless it was asked just before, by this node or another; the swarm gives the
    /// bytes. When the origin cannot be reached, what the tag meant last is served (stale-if-error): a node that held the image keeps starting it
    /// while its registry is down.
    func manifest(tag: String, _ wanted: Wanted) async throws -> Response {
        let location = TagLocation(registry: wanted.registry, repository: wanted.repository, tag: tag)
        let access = try await gate.admit(wanted.caller, to: .tag(tag), in: wanted.place)
        if let resolved = access.resolved {
            await source.remember(resolved, for: location)
            return try await manifest(resolved.tag, wanted, access)
        }
        let known = await source.recall(location)
        let resolved: ResolvedTag =
            switch (known, tags.verdict(age: known?.age)) {
            case (let known?, .takeAsKnown): known.tag
            case (let known?, .ask(mayBeStale: true)): try await resolve(location, elseTake: known, access)
            default: try await resolve(location, elseTake: nil, access)
            }
        // Now or before, the registry said that the repository has it.
        gate.book.note(CollectionOfOne(resolved.digest), in: wanted.place)
        return try await manifest(resolved, wanted, access.confirmed)
    }

    private func manifest(_ resolved: ResolvedTag, _ wanted: Wanted, _ access: Admission) async throws -> Response {
        if resolved.mediaType == MediaType.dockerSchema1 { signed.note(resolved.digest) }
        return try await manifest(resolved.digest, wanted, access)
    }

    private func resolve(_ location: TagLocation, elseTake known: KnownTag?, _ access: Admission) async throws -> ResolvedTag {
        do throws(OriginError) {
            if let failure = access.failure { throw failure }
            let isForEverybody = access.ground == .everybody
            let resolved = try await source.resolve(
                location, isForEverybody: isForEverybody, notOlderThan: tags.timeToLive
            ) { [origin] () async throws(OriginError) in
                try await origin.resolve(location, as: isForEverybody ? .anybody : .agent, isImpatient: false)
            }
            await source.remember(resolved, for: location)
            return resolved.tag
        } catch {
            guard !error.isDefinitive, error.reason != .cancelled, let known else {
                throw MirrorFailure(ContentError(error), of: .manifest)
            }
            logger.warning(
                "serving what the tag meant before: the origin fails",
                metadata: [
                    "tag": "\(location)", "digest": "\(known.tag.digest)", "age": "\(known.age.components.seconds) s", "reason": "\(error)",
                ])
            return known.tag
        }
    }

    /// A manifest by digest. HEAD reads it too: its media type is in its body, and the client asks for it next.
    func manifest(_ digest: Digest, _ wanted: Wanted) async throws -> Response {
        try await manifest(digest, wanted, try await gate.admit(wanted.caller, to: .manifest(digest), in: wanted.place))
    }

    private func manifest(_ digest: Digest, _ wanted: Wanted, _ access: Admission) async throws -> Response {
        if signed.contains(digest) { return try await signedManifest(digest, wanted) }
        let isPastStore = try await gate.use(access, of: digest, in: wanted.place)
        let location = wanted.location(.manifest)
        let presence = try await wanted.context.connection().presence
        let body: ByteBuffer
        do {
            let trail = wanted.context.trail
            body = try await presence.whileHere { [source] in
                let content =
                    isPastStore ? try await source.openPastStore(digest, at: location) : try await source.open(digest, at: location)
                let body = try await Self.read(content, digest, at: location)
                let provenance = await content.provenance()
                trail.note { ($0.digest, $0.source) = (digest, provenance) }
                return body
            }
        } catch let error as ContentError {
            throw MirrorFailure(error, of: .manifest)
        }
        let manifest: Manifest
        do {
            manifest = try Manifest(parsing: body.readableBytesView)
        } catch {
            throw MirrorFailure(.badGateway, .unknown, "\(location)@\(digest): \(error)")
        }
        gate.book.note(manifest: digest.description, in: wanted.place)
        await gate.use(access, ofAllNamedBy: manifest, in: wanted.place)
        if wanted.request.method == .get { await source.passed(manifest, digest, at: location) }
        let fields = Self.fields(of: digest, type: manifest.mediaType)
        guard !wanted.conditions.alreadyHas(digest) else { return Response(status: .notModified, headers: fields) }
        if wanted.request.method == .get {
            observer?.firstByte(after: .now - wanted.context.started)
            observer?.sent(bytes: body.readableBytes)
        }
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: body))
    }

    /// The whole of a manifest, which must be small.
    private static func read(_ content: any OpenContent, _ digest: Digest, at location: ContentLocation) async throws -> ByteBuffer {
        do {
            guard content.size <= Manifest.limitBytes else {
                throw ContentError.unavailable("\(location)@\(digest): \(ManifestError.tooLarge(content.size))")
            }
            var body = ByteBuffer()
            while UInt64(body.readableBytes) < content.size {
                let offset = UInt64(body.readableBytes)
                var chunk = try await content.read(at: offset, limit: Int(content.size - offset)).copied(digest)
                guard chunk.readableBytes > 0 else {
                    throw ContentError.unavailable("\(location)@\(digest): ended early at byte \(offset)")
                }
                body.writeBuffer(&chunk)
            }
            await content.close()
            return body
        } catch {
            await content.close()
            throw error
        }
    }

    /// What every answer about one piece of content says. Content types go without parameters, and nothing is ever content-encoded.
    static func fields(of digest: Digest, type: String) -> HTTPFields {
        [
            .contentType: type,
            .dockerContentDigest: digest.description,
            .eTag: "\"\(digest)\"",
            .acceptRanges: "bytes",
        ]
    }
}
