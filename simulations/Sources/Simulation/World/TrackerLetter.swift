import Swarm

/// What the tracker says, once for all to whom it says the same.
final class TrackerLetter: Sendable {
    let reply: TrackerReply

    init(_ reply: TrackerReply) { self.reply = reply }
}
