import Logging
import Swarm

/// How the servers of all registries fare and what they ask for, and so whom to ask, and when.
actor EndpointBoard {
    /// Whom to ask.
    struct Choice: Sendable, Hashable {
        /// Those that may be asked, in order.
        let servers: [OriginURL]
        /// How long the source, or else whoever is back first, still limits the rate of requests: then what the others lack may be there.
        let pause: Duration?

        /// Why nothing is asked of whoever is paused.
        var reason: OriginError.Reason {
            .rateLimited(retryAfterSeconds: pause.map { UInt64(($0 / .seconds(1)).rounded(.up)) } ?? 0)
        }
    }

    /// More servers than registries that one node pulls from have; what is beyond is always trusted.
    static let limit = 1024
    /// Long enough for a client's next attempts, and for whoever runs a mirror to read the log.
    static let doubtLifetime: Duration = .seconds(600)

    private let patience: Duration
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private var records: [String: ServerRecord] = [:]
    /// By registry.
    private var budgets: [String: RetryBudget] = [:]
    /// Digests for which somebody gave other bytes, and till when only the source is asked for them.
    private var doubts: [Digest: ContinuousClock.Instant] = [:]
    private var random: SeededGenerator
    private(set) var retries: UInt64 = 0
    /// What servers asked of this very agent, for others; those that nobody has taken yet are few, and of them the newest.
    nonisolated let pauses: AsyncStream<OriginPause>
    private let told: AsyncStream<OriginPause>.Continuation

    init(
        patience: Duration, logger: Logger, seed: UInt64 = .random(in: .min ... .max),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.patience = patience
        self.logger = logger
        self.now = now
        random = SeededGenerator(seed: seed)
        (pauses, told) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(64))
    }

    /// The servers of a registry that do not ask to be left alone.
    ///
    /// - Parameter digest: what is asked for, where that is known.
    func choose(among all: [OriginURL], for digest: Digest? = nil) -> Choice {
        let now = now()
        let isDoubted = digest.flatMap { doubts[$0] }.map { $0 > now } ?? false
        let endpoints = isDoubted ? all.suffix(1) : all
        let pauses = endpoints.map { records[$0.root]?.pause(at: now) }
        let willing = zip(endpoints, pauses).filter { $0.1 == nil }.map(\.0)
        return Choice(servers: willing, pause: willing.isEmpty ? pauses.compactMap { $0 }.min() : pauses.last ?? nil)
    }

    /// Whether a server is fit to be asked before others are. Who is told so while it is not trusted is the one that tries.
    func admits(_ server: OriginURL) -> Bool { records[server.root]?.health.admits(at: now()) ?? true }

    /// Notes that what somebody gave does not hash to its digest.
    func doubt(_ digest: Digest) {
        let now = now()
        if doubts.count >= Self.limit { doubts = doubts.filter { $0.value > now } }
        guard doubts.count < Self.limit else { return }
        doubts[digest] = now + Self.doubtLifetime
        logger.warning("wrong bytes for a digest: if its registry has mirrors, only the source is asked", metadata: ["digest": "\(digest)"])
    }

    /// Notes what a server says that may still be asked.
    func note(_ rateLimit: RateLimit, of endpoint: OriginURL) {
        change(endpoint) { $0.rateLimit = rateLimit }
    }

    /// Another agent was told by a server to leave it alone.
    func leaveAlone(_ server: String, for duration: Duration) {
        guard duration > .zero, records[server] != nil || records.count < Self.limit else { return }
        let now = now()
        let duration = min(duration, RetryPolicy.longestPause)
        guard records[server, default: ServerRecord()].leaveAlone(until: now + duration, at: now) else { return }
        logger.notice(
            "a registry limits the rate of another agent's requests: it is left alone",
            metadata: ["server": "\(server)", "for": "\(duration)"])
    }

    /// Notes how a request went: nil for well.
    func note(_ error: OriginError?, of endpoint: OriginURL) {
        let server = endpoint.root
        switch error?.reason {
        case .cancelled?: return
        case .rateLimited(let seconds)?:
            let now = now()
            guard let pause = change(endpoint, { $0.leaveAlone(for: seconds, at: now) }) ?? nil else { break }
            told.yield(OriginPause(server: server, duration: pause))
            logger.warning(
                "a registry limits the rate of requests: it is left alone", metadata: ["server": "\(server)", "for": "\(pause)"])
        case let reason? where reason.blamesTheServer:
            let now = now()
            guard let pause = change(endpoint, { $0.health.failed(at: now) }) ?? nil else { return }
            logger.warning(
                "a registry's server fails: the next one is asked, if there is one",
                metadata: ["server": "\(server)", "for": "\(pause)", "reason": "\(error.map(String.init) ?? "")"])
            return
        default: records[server]?.pauses = 0
        }
        guard records[server]?.health.answered() == true else { return }
        logger.notice("a registry's server is back", metadata: ["server": "\(server)"])
    }

    /// A request begins: so many of them pay for a retry.
    func began(for registry: String) {
        if budgets.count < Self.limit || budgets[registry] != nil { budgets[registry, default: RetryBudget()].earn() }
    }

    /// How long to wait before the request is made once more; nil when it is not.
    func delay(after reason: OriginError.Reason, of registry: String, attempt: Int) -> Duration? {
        guard let delay = RetryPolicy.delay(after: reason, attempt: attempt, patience: patience, using: &random) else { return nil }
        guard budgets[registry, default: RetryBudget()].spend() else { return nil }
        retries += 1
        return delay
    }

    /// Every server that failed or said something about its limits, by name.
    var servers: [OriginServer] {
        let now = now()
        return records.sorted { $0.key < $1.key }.map { name, record in
            OriginServer(
                name: name, isTrusted: record.health.isTrusted, pause: record.pause(at: now) ?? .zero, rateLimit: record.rateLimit)
        }
    }

    @discardableResult
    private func change<Result>(_ endpoint: OriginURL, _ body: (inout ServerRecord) -> Result) -> Result? {
        guard records[endpoint.root] != nil || records.count < Self.limit else { return nil }
        return body(&records[endpoint.root, default: ServerRecord()])
    }
}

extension OriginError.Reason {
    /// Whether a server that answers so, or does not, is not fit to be asked: what it lacks or refuses is no fault.
    var blamesTheServer: Bool {
        switch self {
        case .unreachable, .timeout, .badAnswer: true
        case .status(let code): code >= 500
        case .notFound, .hidden, .unauthorized, .rateLimited, .cancelled: false
        }
    }
}
