import Operations

/// What was measured of a tracker.
public struct TrackerLoadReport: Encodable, Sendable {
    public let address: String
    public let agentsAsked: Int
    /// Agents whose session was opened.
    public let agents: Int
    public let joinsPerSecondAsked: Int
    /// In which joins were sent.
    public let seconds: Double
    public let joinsAsked: Int
    public let joinsSent: Int
    public let joinsAnswered: Int
    public let joinsAnsweredPerSecond: Double
    /// In each reply to a join, on average.
    public let peersPerJoin: Double
    public let leases: Int
    public let receivedBytes: UInt64
    /// Processors that this program kept busy: where that is one, its own times are in those of the tracker.
    public let ownProcessors: Double
    /// How long what was measured took.
    public let milliseconds: [TimeSummary]
    public let errors: [ErrorSummary]

    init(_ settings: TrackerLoad.Settings, _ tally: TrackerTally, ownProcessors: Double) {
        address = settings.address.description
        agentsAsked = settings.agents
        agents = tally.agents
        joinsPerSecondAsked = settings.joinsPerSecond
        seconds = tally.joinSeconds
        joinsAsked = Int(Double(settings.joinsPerSecond) * (settings.duration / .seconds(1)))
        joinsSent = tally.joinsSent
        joinsAnswered = tally.joinsAnswered
        joinsAnsweredPerSecond = tally.joinSeconds > 0 ? Double(tally.joinsAnsweredInTime) / tally.joinSeconds : 0
        peersPerJoin = Double(tally.peersTold) / Double(max(1, tally.joinsAnswered))
        leases = tally.leases
        receivedBytes = tally.receivedBytes
        self.ownProcessors = ownProcessors
        milliseconds = [
            tally.hello.summary("hello"), tally.join.summary("join"), tally.announce.summary("announce"),
            tally.behind.summary("behind schedule"),
        ]
        errors = tally.errors.summary
    }

    /// The figures for a terminal.
    public var text: String {
        let rate = TextTable.number(joinsAnsweredPerSecond, 0)
        let figures = [
            ("agents", "\(agents) of \(agentsAsked), at \(address)"),
            ("joins", "\(joinsAnswered) answered of \(joinsSent) sent of \(joinsAsked)"),
            ("joins a second", "\(rate) of \(joinsPerSecondAsked), for \(TextTable.number(seconds, 1)) s"),
            ("peers in a reply", TextTable.number(peersPerJoin, 1)),
            ("leases", "\(leases)"),
            ("received", ByteCount.size(receivedBytes)),
            ("processors of this program", TextTable.number(ownProcessors, 2)),
        ]
        return LoadTable.text(milliseconds) + "\n" + TextTable.pairs(figures) + LoadTable.text(errors)
    }
}
