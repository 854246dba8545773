public import Swarm

/// What the mirror needs of the swarm. Implemented by the executable over PeerNetwork; by an in-memory twin in tests.
public protocol ContentSource: Sendable {
    /// Size in bytes of a blob this node holds whole, nil if it does not; starts nothing.
    func heldSize(of digest: Digest) async -> UInt64?

    /// A blob that this node holds whole, opened; nil if it does not, or if the file cannot be had, which `open` then says. Called on the event
    /// loop of a client's connection: must not wait for anybody, and counts as a use of the blob.
    func held(_ digest: Digest) -> (any BlobFile)?

    /// Starts or joins the download of a blob; returns as soon as its size is known. When the calling task is cancelled, because the
    /// client has gone, it should throw `.cancelled` soon.
    func open(_ digest: Digest, at location: ContentLocation) async throws(ContentError) -> any OpenContent

    /// A blob as the origin has it at this location and nowhere else: for what this node may hold, but from elsewhere.
    func openPastStore(_ digest: Digest, at location: ContentLocation) async throws(ContentError) -> any OpenContent

    /// The registry that must say who may have a blob that this node has, or is to have; nil where everybody may. Called on the event loop of a
    /// client's connection.
    func restriction(of digest: Digest) -> String?

    /// From now on, and after a restart, this registry must say who may have these blobs, except those that are here for everybody already.
    func restrict(_ digests: [Digest], to registry: String) async

    /// Everybody may have a blob after all.
    func unrestrict(_ digest: Digest) async

    /// What a tag means now. Others may know, who asked its registry no longer ago than `maxAge`; else `ask` does.
    ///
    /// - Parameter isForEverybody: whether it is what the registry tells everybody; so it is a proof that everybody may have it.
    func resolve(
        _ location: TagLocation, isForEverybody: Bool, notOlderThan maxAge: Duration,
        byAsking ask: @Sendable () async throws(OriginError) -> ResolvedTag
    ) async throws(OriginError) -> KnownTag

    /// Keeps what a tag meant, for when the origin is down.
    func remember(_ known: KnownTag, for location: TagLocation) async

    /// What `remember` kept last, and how old it is; nil if nothing.
    func recall(_ location: TagLocation) async -> KnownTag?

    /// A manifest or index has just gone to a client, who will ask for what it names next. Must not wait for a download.
    func passed(_ manifest: Manifest, _ digest: Digest, at location: ContentLocation) async
}

extension ContentSource {
    /// None: not every source has files.
    public func held(_ digest: Digest) -> (any BlobFile)? { nil }

    /// Asks: not every source shares what it knows.
    public func resolve(
        _ location: TagLocation, isForEverybody: Bool, notOlderThan maxAge: Duration,
        byAsking ask: @Sendable () async throws(OriginError) -> ResolvedTag
    ) async throws(OriginError) -> KnownTag {
        KnownTag(tag: try await ask(), age: .zero)
    }

    /// Does nothing: not every source fetches ahead.
    public func passed(_ manifest: Manifest, _ digest: Digest, at location: ContentLocation) async {}
}

/// One reader's hold on a blob that is there or still coming.
public protocol OpenContent: Sendable {
    /// Bytes of the whole blob.
    var size: UInt64 { get }

    /// Waits until the byte at `offset` is verified, then gives it and perhaps more, at most `limit` bytes, never none. One call at a time.
    ///
    /// - Throws: `ContentError` when it can never come; `.cancelled` soon after the calling task is cancelled.
    func read(at offset: UInt64, limit: Int) async throws(ContentError) -> ContentChunk

    /// Where its bytes have come from, as far as that is known now.
    func provenance() async -> AccessEntry.Source

    /// Called exactly once, when the reader is done or gone. A blob that is still coming and has no reader left may be given up.
    func close() async
}
