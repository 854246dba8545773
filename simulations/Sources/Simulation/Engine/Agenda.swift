/// What is to happen in virtual time: event by event, or all that happens within a step at the step's end.
///
/// In steps, events come place by place, and those of one place in the order in which they were scheduled: a large cluster does not fit into a
/// processor's cache, and a node whose state is there once is done with all that it has to do. Either way the order is total.
struct Agenda<Event> {
    /// Nanoseconds; 0 for event by event.
    let step: Int64
    /// Nanoseconds since the beginning.
    private(set) var now: Int64 = 0

    private struct Entry {
        let place: Int32
        let event: Event
    }

    /// The steps to come, around in a ring, and how many events are in them.
    private var ring: [[Entry]]
    private var inRing = 0
    /// What is beyond them, or everything without steps.
    private var far = EventQueue<Entry>()
    /// Where each place's events begin.
    private var begins: [Int32] = []

    private static var stepsAhead: Int { 1024 }

    /// - Parameters:
    ///   - step: nanoseconds; 0 for event by event.
    ///   - places: in steps, places are numbers below this.
    init(step: Int64, places: Int) {
        self.step = step
        ring = Array(repeating: [], count: step > 0 ? Self.stepsAhead : 0)
        begins = Array(repeating: 0, count: step > 0 ? places + 1 : 0)
    }

    var isEmpty: Bool { inRing == 0 && far.nextTime == nil }

    /// - Parameters:
    ///   - time: nanoseconds; what is past happens now. In steps, it happens at the end of the step.
    ///   - place: where it happens.
    mutating func schedule(at time: Int64, _ event: Event, at place: Int) {
        let entry = Entry(place: Int32(place), event: event)
        guard step > 0 else { return far.schedule(at: time, entry) }
        let end = end(of: max(time, now))
        if end - now < Int64(Self.stepsAhead) * step {
            ring[slot(end)].append(entry)
            inRing += 1
        } else {
            far.schedule(at: end, entry)
        }
    }

    // MARK: Event by event

    /// Moves time on to the next event and hands it out.
    mutating func pop() -> Event? {
        let entry = far.pop()
        now = far.now
        return entry?.event
    }

    // MARK: Step by step

    /// Moves time on to the next step in which anything happens, or by one step.
    mutating func advance(byOne: Bool) {
        var next = now + step
        if !byOne {
            let last = now + Int64(Self.stepsAhead) * step
            if inRing == 0 {
                next = max(next, far.nextTime ?? next)
            } else {
                while next < last, ring[slot(next)].isEmpty { next += step }
            }
        }
        now = next
        while let time = far.nextTime, time - now < Int64(Self.stepsAhead) * step, let entry = far.pop() {
            ring[slot(max(time, now))].append(entry)
            inRing += 1
        }
    }

    /// Takes all that happens in this step so far, place by place; events that are scheduled for it afterwards come with the next call.
    mutating func take() -> [Event] {
        let entries = ring[slot(now)]
        guard !entries.isEmpty else { return [] }
        // Emptied, not replaced: the memory is wanted again.
        ring[slot(now)].removeAll(keepingCapacity: entries.count < 4096)
        inRing -= entries.count
        return inOrder(entries)
    }

    /// Counting sort, which keeps the order within each place; or where few things happen, what costs nothing for all the other places.
    private mutating func inOrder(_ entries: [Entry]) -> [Event] {
        guard entries.count > begins.count / 16 else {
            let order = entries.indices.sorted { (entries[$0].place, $0) < (entries[$1].place, $1) }
            return order.map { entries[$0].event }
        }
        for index in begins.indices { begins[index] = 0 }
        for entry in entries { begins[Int(entry.place) + 1] += 1 }
        for index in 1..<begins.count { begins[index] += begins[index - 1] }
        var order = Array(repeating: Int32(0), count: entries.count)
        for (index, entry) in entries.enumerated() {
            order[Int(begins[Int(entry.place)])] = Int32(index)
            begins[Int(entry.place)] += 1
        }
        return order.map { entries[Int($0)].event }
    }

    private func end(of time: Int64) -> Int64 { (time + step - 1) / step * step }
    private func slot(_ time: Int64) -> Int { Int(time / step % Int64(Self.stepsAhead)) }
}
