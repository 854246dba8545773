/// What a node wants done at an event, in memory that the next event has again.
public struct ActionLists: Sendable {
    public var actions: [NodeAction] = []
    /// Emptied lists of what transfers want, which they do at nearly every event.
    var spare: [[TransferAction]] = []

    public init() {}
}
