import Logging
import NIOCore
import PeerNetwork
import Registry
import Swarm
import UVLoop

/// Gives the mirror the swarm to read from.
struct SwarmContentSource: ContentSource {
    let swarm: SwarmAgent
    let tags: TagMemory
    let files: HeldFiles
    let logger: Logger

    func heldSize(of digest: Digest) async -> UInt64? { await swarm.heldSize(of: digest) }

    func held(_ digest: Digest) -> (any BlobFile)? { files.open(digest) }

    func open(_ digest: Digest, at location: ContentLocation) async throws(ContentError) -> any OpenContent {
        do throws(TransferFailure) {
            return SwarmContent(swarm: swarm, reader: try await swarm.open(digest, at: Self.place(location)))
        } catch {
            throw ContentError(error)
        }
    }

    func openPastStore(_ digest: Digest, at location: ContentLocation) async throws(ContentError) -> any OpenContent {
        do throws(TransferFailure) {
            return SwarmContent(swarm: swarm, reader: try await swarm.openPastStore(digest, at: Self.place(location)))
        } catch {
            throw ContentError(error)
        }
    }

    func restriction(of digest: Digest) -> String? { files.restriction(of: digest) }

    func restrict(_ digests: [Digest], to registry: String) async {
        let files = files
        _ = try? await swarm.loop.work { files.restrict(digests, to: registry) }
    }

    func unrestrict(_ digest: Digest) async {
        let files = files
        _ = try? await swarm.loop.work { files.unrestrict(digest) }
    }

    /// Through the tracker: of all agents that want to know, one asks the registry.
    func resolve(
        _ location: TagLocation, isForEverybody: Bool, notOlderThan maxAge: Duration,
        byAsking ask: @Sendable () async throws(OriginError) -> ResolvedTag
    ) async throws(OriginError) -> KnownTag {
        let name = TagName(
            registry: location.registry, repository: location.repository, tag: location.tag, isForEverybody: isForEverybody)
        guard maxAge > .zero, let name else {
            return KnownTag(tag: try await ask(), age: .zero)
        }
        if case .meaning(let meaning, let age) = await swarm.counsel(on: name, notOlderThan: maxAge) {
            let type = meaning.mediaType.isEmpty ? nil : meaning.mediaType
            return KnownTag(tag: ResolvedTag(digest: meaning.digest, size: meaning.size, mediaType: type), age: age)
        }
        do throws(OriginError) {
            let tag = try await ask()
            await swarm.tell(name, TagMeaning(digest: tag.digest, size: tag.size, mediaType: tag.mediaType ?? ""))
            return KnownTag(tag: tag, age: .zero)
        } catch {
            await swarm.tell(name, nil)
            throw error
        }
    }

    func remember(_ known: KnownTag, for location: TagLocation) async {
        let (tags, reference) = (tags, Self.reference(location))
        let tag = known.tag
        let meaning = TagMemory.Meaning(digest: tag.digest, mediaType: tag.mediaType, age: known.age)
        do {
            try await swarm.loop.work { try tags.remember(reference, meaning) }
        } catch {
            logger.warning("a tag could not be kept for when the origin is down", metadata: ["tag": "\(location)", "error": "\(error)"])
        }
    }

    func recall(_ location: TagLocation) async -> KnownTag? {
        let (tags, reference) = (tags, Self.reference(location))
        guard let found = try? await swarm.loop.work({ try tags.recall(reference) }) else { return nil }
        return KnownTag(tag: ResolvedTag(digest: found.digest, size: nil, mediaType: found.mediaType), age: found.age)
    }

    func passed(_ manifest: Manifest, _ digest: Digest, at location: ContentLocation) async {
        await swarm.learn(manifest.descriptors.map { ($0.digest, $0.size) }, from: digest)
        // An index names images of machines that the client is not: it will ask for its own.
        guard !manifest.isIndex else { return }
        let blobs = manifest.descriptors.filter { !$0.isForeign }.map(\.digest)
        let place = OriginLocation(registry: location.registry, repository: location.repository, isManifest: false)
        // The client gets its manifest meanwhile.
        Task { await swarm.prefetch(blobs, at: place) }
    }

    private static func place(_ location: ContentLocation) -> OriginLocation {
        OriginLocation(registry: location.registry, repository: location.repository, isManifest: location.kind == .manifest)
    }

    private static func reference(_ location: TagLocation) -> Reference {
        Reference(registry: location.registry, repository: location.repository, target: .tag(location.tag))
    }
}

/// One client's hold on a blob.
private struct SwarmContent: OpenContent {
    let swarm: SwarmAgent
    let reader: BlobReader

    var size: UInt64 { reader.size }

    func read(at offset: UInt64, limit: Int) async throws(ContentError) -> ContentChunk {
        do throws(TransferFailure) {
            switch try await swarm.available(reader, at: offset, limit: limit) {
            case .file(let blob, let range): return .file(StoredFile(blob), range)
            case .memory(let bytes): return .bytes(ByteBuffer(bytes: bytes))
            }
        } catch {
            throw ContentError(error)
        }
    }

    func provenance() async -> AccessEntry.Source {
        switch await swarm.provenance(of: reader) {
        case (_, _, isHeld: true): .store
        case (fromOrigin: true, fromPeers: true, _): .peersAndOrigin
        case (fromOrigin: true, _, _): .origin
        default: .peers
        }
    }

    func close() async { await swarm.close(reader) }
}

extension ContentError {
    init(_ failure: TransferFailure) {
        switch failure {
        case _ where Task.isCancelled: self = .cancelled
        case .notFound(let why): self = .notFound(why)
        case .unavailable(let why), .cannotStore(let why): self = .unavailable(why)
        }
    }
}
