public import Operations
import Swarm
import UVLoop

/// Pretended agents that join swarms of blobs that exist nowhere, over real sockets at a real tracker, and measure how soon it replies.
///
/// Bounded: one socket an agent, sixteen joins of each under way, histograms of a fixed size; and it ends within seconds of its time,
/// whatever the tracker does.
public actor TrackerLoad {
    /// What to do to which tracker.
    public struct Settings: Sendable {
        public var address: HostPort
        public var agents: Int
        /// Of all agents together.
        public var joinsPerSecond: Int
        public var duration: Duration

        public init(address: HostPort, agents: Int, joinsPerSecond: Int, duration: Duration) {
            self.address = address
            self.agents = agents
            self.joinsPerSecond = joinsPerSecond
            self.duration = duration
        }
    }

    /// Each agent shows that it lives this often, as real ones do.
    static let signSeconds = 15

    nonisolated let loop: UVLoop
    /// The loop's thread: sockets and measurements are touched there only.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    let settings: Settings
    private let progress: @Sendable (String) -> Void
    let blobs = SyntheticBlobs(count: JoinPlan.blobCount)
    var tally = TrackerTally()
    /// Somebody wants it to end.
    private(set) var isStopping = false
    private var waiter: CheckedContinuation<Void, Never>?
    private var secondsRun = 0

    /// Sessions that were begun, and those of them that came to a connection.
    var begunSessions = 0
    var sessions: [AgentSession] = []
    var openConnections = 0
    /// The sessions are being ended from this side.
    var isEnding = false
    /// What became of the first session, if nothing.
    var firstFailure: String?

    var joins: JoinsUnderWay?
    /// Requests of all sessions without a reply.
    var pending = 0

    /// - Parameter progress: is called with a line of text each second.
    public init(_ settings: Settings, progress: @escaping @Sendable (String) -> Void) throws {
        self.settings = settings
        self.progress = progress
        loop = try UVLoop(name: "load")
    }

    /// Connects, joins, and ends all sessions. A task that is cancelled ends soon, with what was measured until then. To be called once.
    ///
    /// - Throws: `LoadError` when nothing could be measured: too few open files, or no tracker at the address.
    public func run() async throws -> TrackerLoadReport {
        let report: TrackerLoadReport
        do {
            report = try await measure()
        } catch {
            try? await loop.shutdown()
            throw error
        }
        try await loop.shutdown()
        return report
    }

    private func measure() async throws -> TrackerLoadReport {
        try OpenFileLimit.require(sockets: settings.agents, for: "--agents \(settings.agents)")
        let processor = OwnProcessor()
        let begin = now
        let address = try await resolve()
        let ticker = LoopTimer(on: loop, after: .seconds(1), every: .seconds(1)) { self.tick() }
        defer { ticker.cancel() }
        // One alone first: where no tracker is, the others need not try.
        begunSessions = 1
        await open(0, at: address)
        if let firstFailure { throw LoadError.tracker("\(settings.address)", why: firstFailure) }
        await openOthers(at: address)
        await join()
        await hearLastReplies()
        await endSessions()
        return TrackerLoadReport(settings, tally, ownProcessors: processor.share(of: .nanoseconds(now - begin)))
    }

    private func resolve() async throws(LoadError) -> SocketAddress {
        do {
            let addresses = try await loop.resolve(host: settings.address.host, port: settings.address.port)
            return addresses[0]
        } catch {
            throw .tracker("\(settings.address)", why: "\(error)")
        }
    }

    var now: Int64 { loop.nowNanoseconds }

    /// Waits until `proceed()` is called, or at once if somebody wants it to end.
    func wait() async {
        await withTaskCancellationHandler {
            guard !isStopping || isEnding else { return }
            await withCheckedContinuation { waiter = $0 }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.stop() } }
        }
    }

    func proceed() {
        waiter?.resume()
        waiter = nil
    }

    private func stop() {
        isStopping = true
        if !isEnding { proceed() }
    }

    private func tick() {
        secondsRun += 1
        for session in sessions
        where session.isOpen && session.pings.isEmpty && session.number % Self.signSeconds == secondsRun % Self.signSeconds {
            ping(session, .sign)
        }
        progress(
            "\(secondsRun) s  \(openConnections) of \(settings.agents) agents  \(tally.joinsAnswered) joins answered  \(pending) pending  "
                + "\(tally.errors.total) errors")
    }
}
