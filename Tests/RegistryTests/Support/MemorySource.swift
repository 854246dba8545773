import NIOConcurrencyHelpers
import NIOCore
import Registry
import Swarm

/// The swarm's twin in memory: blobs that are there, that stall, and that fail.
actor MemorySource: ContentSource {
    struct Blob: Sendable {
        var bytes: [UInt8]
        /// Where the bytes are; nil for in memory.
        var file: TestFile?
        /// From this offset on, reads fail.
        var fails: (at: UInt64, with: ContentError)?
        /// From this offset on, reads wait until they are cancelled.
        var stallsAt: UInt64?
        /// Whether `heldSize` admits to it.
        var isHeld = true
    }

    private var blobs: [Digest: Blob] = [:]
    /// Blobs that are held whole in files.
    nonisolated let files = NIOLockedValueBox<[Digest: TestFile]>([:])
    private var tags: [TagLocation: KnownTag] = [:]
    private var sharedTags: [TagLocation: KnownTag] = [:]
    private var failure = ContentError.notFound("nobody has it")
    private(set) var opened: [ContentLocation] = []
    private(set) var openedPastStore: [ContentLocation] = []
    /// Blobs that not everybody may have.
    nonisolated let restrictions = NIOLockedValueBox<[Digest: String]>([:])
    private(set) var passedManifests: [Manifest] = []
    /// How far bytes were given out.
    nonisolated let read = NIOLockedValueBox<UInt64>(0)
    /// One element for each `close`.
    nonisolated let closes: AsyncStream<Digest>
    private let closed: AsyncStream<Digest>.Continuation

    init() {
        (closes, closed) = AsyncStream.makeStream()
    }

    func put(_ blob: Blob, as digest: Digest) { blobs[digest] = blob }
    func put(_ text: String, as digest: Digest) { blobs[digest] = Blob(bytes: Array(text.utf8)) }
    /// What opening an unknown blob throws.
    func fail(with error: ContentError) { failure = error }

    func heldSize(of digest: Digest) -> UInt64? {
        blobs[digest].flatMap { $0.isHeld ? UInt64($0.bytes.count) : nil }
    }

    nonisolated func held(_ digest: Digest) -> (any BlobFile)? { files.withLockedValue { $0[digest] }?.open() }

    func open(_ digest: Digest, at location: ContentLocation) throws(ContentError) -> any OpenContent {
        opened.append(location)
        guard let blob = blobs[digest] else { throw failure }
        return MemoryContent(digest: digest, blob: blob, file: blob.file?.open(), read: read, closed: closed)
    }

    func openPastStore(_ digest: Digest, at location: ContentLocation) throws(ContentError) -> any OpenContent {
        openedPastStore.append(location)
        guard let blob = blobs[digest] else { throw failure }
        return MemoryContent(digest: digest, blob: blob, file: nil, read: read, closed: closed)
    }

    nonisolated func restriction(of digest: Digest) -> String? { restrictions.withLockedValue { $0[digest] } }
    func restrict(_ digests: [Digest], to registry: String) {
        restrictions.withLockedValue { marks in
            for digest in digests where marks[digest] == nil && blobs[digest]?.isHeld != true { marks[digest] = registry }
        }
    }
    func unrestrict(_ digest: Digest) { restrictions.withLockedValue { $0[digest] = nil } }

    func resolve(
        _ location: TagLocation, isForEverybody: Bool, notOlderThan maxAge: Duration,
        byAsking ask: @Sendable () async throws(OriginError) -> ResolvedTag
    ) async throws(OriginError) -> KnownTag {
        if let known = sharedTags[location], known.age < maxAge { return known }
        return KnownTag(tag: try await ask(), age: .zero)
    }
    /// What others know.
    func share(_ known: KnownTag, for location: TagLocation) { sharedTags[location] = known }
    func remember(_ known: KnownTag, for location: TagLocation) { tags[location] = known }
    func recall(_ location: TagLocation) -> KnownTag? { tags[location] }
    /// Makes what is known of a tag so old.
    func grow(_ location: TagLocation, old age: Duration) { tags[location] = tags[location].map { KnownTag(tag: $0.tag, age: age) } }
    func passed(_ manifest: Manifest, _ digest: Digest, at location: ContentLocation) { passedManifests.append(manifest) }
}

struct MemoryContent: OpenContent {
    let digest: Digest
    let blob: MemorySource.Blob
    let file: (any BlobFile)?
    let read: NIOLockedValueBox<UInt64>
    let closed: AsyncStream<Digest>.Continuation

    var size: UInt64 { UInt64(blob.bytes.count) }

    func read(at offset: UInt64, limit: Int) async throws(ContentError) -> ContentChunk {
        var end = min(offset + UInt64(limit), size)
        if let fails = blob.fails {
            if offset >= fails.at { throw fails.with }
            end = min(end, fails.at)
        }
        if let stall = blob.stallsAt {
            if offset >= stall {
                // Never yields; ends when the reader's task is cancelled.
                let (never, continuation) = AsyncStream<Void>.makeStream()
                for await _ in never {}
                withExtendedLifetime(continuation) {}
                throw .cancelled
            }
            end = min(end, stall)
        }
        read.withLockedValue { $0 = end }
        if let file { return .file(file, offset..<end) }
        return .bytes(ByteBuffer(bytes: blob.bytes[Int(offset)..<Int(end)]))
    }

    func provenance() async -> AccessEntry.Source { .peers }

    func close() async { closed.yield(digest) }
}
