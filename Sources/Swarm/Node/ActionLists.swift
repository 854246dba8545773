/// What a node wants done at an event, in memory that the next event has again.
public struct ActionLists: Sendable {
    public var actions: [NodeAction] = []
    /// What a transfer wants, which it does at nearly every event. Empty but while that is being found and done.
    var wanted: [TransferAction] = []
    var memory = ScheduleMemory()

    public init() {}
}
