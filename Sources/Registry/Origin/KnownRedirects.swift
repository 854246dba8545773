import Swarm

/// Where registries sent requests for blobs, for a little while: the parts of a blob are then asked for where it lies, without asking the
/// registry each time.
///
/// Object stores sign such URLs for a time of their own choosing; whoever is refused by one asks the registry again.
actor KnownRedirects {
    /// Shorter than any store signs URLs for (Docker Hub's are the shortest, some minutes).
    static let lifetime: Duration = .seconds(60)
    /// More blobs than come in parts at a time.
    static let limit = 256

    private struct Key: Hashable {
        let registry: String
        let path: String

        init(_ request: OriginRequest) { (registry, path) = (request.registry, request.path) }
    }

    private var entries: [Key: (url: OriginURL, expires: ContinuousClock.Instant)] = [:]
    private let now: @Sendable () -> ContinuousClock.Instant

    init(now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) { self.now = now }

    /// Where the same was found last.
    func url(for request: OriginRequest) -> OriginURL? {
        guard let entry = entries[Key(request)], entry.expires > now() else { return nil }
        return entry.url
    }

    func remember(_ url: OriginURL, for request: OriginRequest) {
        let now = now()
        if entries.count >= Self.limit { entries = entries.filter { $0.value.expires > now } }
        guard entries.count < Self.limit else { return }
        entries[Key(request)] = (url, now + Self.lifetime)
    }

    func forget(_ request: OriginRequest) { entries[Key(request)] = nil }

    /// Drops wherever a blob was found: what lies there is not it.
    func forget(_ digest: Digest) {
        let name = "/\(digest)"
        entries = entries.filter { !$0.key.path.hasSuffix(name) }
    }
}
