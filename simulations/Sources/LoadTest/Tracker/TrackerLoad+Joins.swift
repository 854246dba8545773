import Swarm
import UVLoop

/// The joins of a run while they are being sent.
struct JoinsUnderWay {
    let plan: JoinPlan
    let agents: [AgentSession]
    let total: Int
    let beginNanoseconds: Int64
    var next = 0
}

/// Joins at their times, whether or not earlier ones were answered.
extension TrackerLoad {
    /// Joins of one agent without a reply; the next waits until one has come.
    private static let joinsPerAgent = 16
    /// Joins sent in one turn of the loop at most, so that replies are read in between.
    private static let joinsPerTurn = 1000
    /// For replies after the last join.
    private static let lastReplies: Duration = .seconds(5)

    /// Joins until the time is over or no session is left.
    func join() async {
        let agents = sessions.filter(\.isOpen)
        guard !agents.isEmpty, !isStopping else { return }
        let plan = JoinPlan(agents: agents.count, joinsPerSecond: settings.joinsPerSecond)
        let begin = now
        let total = plan.dueCount(afterNanoseconds: settings.duration.inNanoseconds - 1)
        joins = JoinsUnderWay(plan: plan, agents: agents, total: total, beginNanoseconds: begin)
        let pacer = LoopTimer(on: loop, after: .zero, every: .milliseconds(1)) { self.sendDue() }
        await wait()
        pacer.cancel()
        joins = nil
        tally.joinsAnsweredInTime = tally.joinsAnswered
        tally.joinSeconds = Double(now - begin) / 1e9
    }

    private func sendDue() {
        guard let joins else { return }
        let elapsed = now - joins.beginNanoseconds
        defer { if elapsed >= settings.duration.inNanoseconds || openConnections == 0 { proceed() } }
        let due = min(joins.total, joins.plan.dueCount(afterNanoseconds: elapsed), joins.next + Self.joinsPerTurn)
        for number in joins.next..<max(due, joins.next) {
            guard send(number, of: joins) else { return }
            self.joins?.next = number + 1
        }
    }

    /// Sends one join, unless its agent is gone.
    ///
    /// - Returns: false if it has to wait, because the tracker owes its agent too many replies.
    private func send(_ number: Int, of joins: JoinsUnderWay) -> Bool {
        let join = joins.plan[number]
        let session = joins.agents[join.agent]
        guard session.isOpen else { return true }
        guard session.joins.count < Self.joinsPerAgent else { return false }
        if let left = join.left { send(.leave(blobs.digests[left]), session) }
        if let announced = join.announced { announce(blobs.digests[announced], session) }
        guard session.isOpen else { return true }
        let time = now
        tally.behind.add(nanoseconds: time - joins.beginNanoseconds - joins.plan.dueNanoseconds(number))
        tally.joinsSent += 1
        session.joins[blobs.digests[join.blob]] = time
        pending += 1
        send(.join(JoinRequest(digest: blobs.digests[join.blob])), session)
        return true
    }

    /// Waits for replies that are still to come; what does not come is an error.
    func hearLastReplies() async {
        if pending > 0 {
            let patience = LoopTimer(on: loop, after: Self.lastReplies) { self.proceed() }
            await wait()
            patience.cancel()
        }
        guard !isStopping else { return }
        let missing = sessions.reduce(0) { $0 + $1.joins.count }
        tally.errors.add(
            "no reply", count: UInt64(missing), example: "a join was not answered within \(Self.lastReplies) after the last one was sent")
    }
}
