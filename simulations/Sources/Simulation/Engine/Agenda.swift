/// What is to happen in virtual time: event by event, or all that happens within a step at the step's end.
///
/// In steps, the world lies in areas, whose events several processors can handle at a time. Those of an area come place by place: a large cluster
/// does not fit into a processor's cache, and a node whose state is there once is done with all that it has to do. Events of one place come in the
/// order of the lanes over which they were scheduled, and those of one lane in the order in which that was done. Either way the order is
/// total, and the same however many processors there are.
struct Agenda<Event> {
    /// Nanoseconds; 0 for event by event.
    let step: Int64
    /// Nanoseconds since the beginning.
    private(set) var now: Int64 = 0
    /// Whoever schedules at the same time as others has a lane of its own. Event by event there is only one.
    let lanes: [EventLane<Event>]
    private let first: EventLane<Event>

    /// - Parameters:
    ///   - step: nanoseconds; 0 for event by event.
    ///   - areas: in steps, areas are numbers below this.
    ///   - lanes: how many may schedule at a time.
    init(step: Int64, areas: Int, lanes: Int) {
        self.step = step
        first = EventLane(step: step, areas: areas)
        self.lanes = [first] + (1..<max(1, lanes)).map { _ in EventLane(step: step, areas: areas) }
    }

    var isEmpty: Bool { lanes.allSatisfy(\.isEmpty) }

    // MARK: Event by event

    /// Moves time on to the next event and hands it out.
    mutating func pop() -> Event? {
        let event = first.pop()
        now = first.now
        return event
    }

    // MARK: Step by step

    /// Moves time on to the next step in which anything happens, or by one step.
    mutating func advance(byOne: Bool) {
        now = byOne ? now + step : lanes.compactMap(\.nextTime).min() ?? now + step
        for lane in lanes { lane.advance(to: now) }
    }

    /// Whether anything is left to happen in this step.
    var isAnyLeft: Bool { lanes.contains(where: \.isAnyLeft) }

    /// Takes all that happens in an area in this step so far; events that are scheduled for it afterwards come with the next call.
    func take(area: Int, into batch: inout EventBatch<Event>) {
        for (number, lane) in lanes.enumerated() { lane.take(area: area, into: &batch, number) }
    }
}
