import Logging

/// How the servers of all registries fare, and whom to ask therefore.
actor EndpointBoard {
    /// More servers than registries that one node pulls from have; what is beyond is always trusted.
    static let limit = 1024

    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private var healths: [String: EndpointHealth] = [:]

    init(logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.logger = logger
        self.now = now
    }

    /// The servers to ask, one after the other. When none of them is fit to be asked, all are: leaving the only one alone would make fail
    /// what might work.
    func choose(among endpoints: [OriginURL]) -> [OriginURL] {
        guard endpoints.count > 1 else { return endpoints }
        let now = now()
        let fit = endpoints.filter { healths[$0.root]?.admits(at: now) ?? true }
        return fit.isEmpty ? endpoints : fit
    }

    /// Takes part in what `choose` did not decide: notes how a request went.
    func note(_ reason: OriginError.Reason?, of endpoint: OriginURL) {
        let server = endpoint.root
        guard let reason, reason.blamesTheServer else {
            guard reason != .cancelled, healths[server]?.answered() == true else { return }
            logger.notice("a registry's server is back", metadata: ["server": "\(server)"])
            return
        }
        guard healths[server] != nil || healths.count < Self.limit else { return }
        guard let pause = healths[server, default: EndpointHealth()].failed(at: now()) else { return }
        logger.warning(
            "a registry's server fails: the next one is asked, if there is one",
            metadata: ["server": "\(server)", "for": "\(pause)", "reason": "\(reason)"])
    }

    /// Every server that was ever asked and failed, and whether it is trusted.
    var trust: [String: Bool] { healths.mapValues(\.isTrusted) }
}

extension OriginError.Reason {
    /// Whether a server that answers so, or does not, is not fit to be asked: what it lacks or refuses is no fault.
    var blamesTheServer: Bool {
        switch self {
        case .unreachable, .timeout, .badAnswer: true
        case .status(let code): code >= 500
        case .notFound, .unauthorized, .rateLimited, .cancelled: false
        }
    }
}
