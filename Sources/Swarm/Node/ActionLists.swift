import BasicContainers
public import DequeModule

/// What a node wants done at an event, in memory that the next event has again.
public struct ActionLists: ~Copyable, Sendable {
    /// In order. Taken out from the front none is copied, which would take longer than most of what they ask for.
    public var actions: Deque<NodeAction> = []
    /// What a transfer wants, which it does at nearly every event. Empty but while that is being found and done.
    var wanted: [TransferAction] = []
    /// Where transfers work out what to ask of whom.
    var memory = ScheduleMemory()
    /// Empty ones, for whoever next waits for anything: most have something to send for a moment only.
    private var queues = UniqueArray<UploadQueue>()

    private static var queueLimit: Int { 32 }

    public init() {}

    mutating func takeQueue() -> UploadQueue { queues.popLast() ?? UploadQueue() }

    mutating func giveBack(_ queue: consuming UploadQueue) {
        queue.clear()
        if queues.count < Self.queueLimit { queues.append(queue) }
    }
}
