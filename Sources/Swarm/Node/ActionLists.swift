public import DequeModule

/// What a node wants done at an event, in memory that the next event has again.
public struct ActionLists: Sendable {
    /// In order. Taken out from the front none is copied, which would take longer than most of what they ask for.
    public var actions: Deque<NodeAction> = []
    /// What a transfer wants, which it does at nearly every event. Empty but while that is being found and done.
    var wanted: [TransferAction] = []
    /// Where transfers work out what to ask of whom.
    var memory = ScheduleMemory()

    public init() {}
}
