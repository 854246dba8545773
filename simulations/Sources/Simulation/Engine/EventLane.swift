import BasicContainers

/// What one part of the world has scheduled. Only one processor at a time does.
final class EventLane<Event> {
    struct Entry {
        let event: Event
        let place: Int32
    }

    private struct FarEntry {
        let area: Int32
        let entry: Entry
    }

    private let step: Int64
    /// The agenda's, nanoseconds.
    private(set) var now: Int64 = 0
    /// Where in the ring that is.
    private var present = 0
    /// The steps to come, around in a ring for each area, and how many events are in them.
    private var ring: UniqueArray<UniqueArray<Entry>>
    /// How many of these are in each step, of all areas: most steps of a quiet time have none.
    private var inStep: UniqueArray<Int>
    private var inRing = 0
    /// What is beyond them, or everything without steps.
    private var far = EventQueue<FarEntry>()
    /// Memory of steps that are over, for others.
    private var spare = UniqueArray<UniqueArray<Entry>>()

    private static var stepsAhead: Int { 1024 }
    private static var spareLimit: Int { 24 }
    /// Steps so near that much will happen in them. Those beyond begin with little memory: most of them only get a few ticks.
    private static var stepsNear: Int { 3 }

    init(step: Int64, areas: Int) {
        self.step = step
        ring = UniqueArray()
        inStep = UniqueArray()
        guard step > 0 else { return }
        for _ in 0..<areas * Self.stepsAhead { ring.append(UniqueArray()) }
        for _ in 0..<Self.stepsAhead { inStep.append(0) }
    }

    var isEmpty: Bool { inRing == 0 && far.nextTime == nil }

    /// - Parameters:
    ///   - time: nanoseconds; what is past happens now. In steps, it happens at the end of the step.
    ///   - place: where in the area it happens.
    func schedule(at time: Int64, _ event: Event, at place: Int32, of area: Int) {
        let entry = Entry(event: event, place: place)
        guard step > 0 else { return far.schedule(at: time, FarEntry(area: 0, entry: entry)) }
        let ahead = stepsAhead(of: time)
        if ahead < Self.stepsAhead {
            put(entry, ahead, area, isNear: ahead <= Self.stepsNear)
        } else {
            far.schedule(at: now + Int64(ahead) * step, FarEntry(area: Int32(area), entry: entry))
        }
    }

    /// At the end of which step from now. Mostly of one of the next two, which is found without a division.
    private func stepsAhead(of time: Int64) -> Int {
        let delay = time - now
        if delay <= 0 { return 0 }
        if delay <= step { return 1 }
        return delay <= 2 * step ? 2 : Int((delay + step - 1) / step)
    }

    private func put(_ entry: Entry, _ ahead: Int, _ area: Int, isNear: Bool) {
        let step = (present + ahead) % Self.stepsAhead
        let slot = area * Self.stepsAhead + step
        if isNear, ring[slot].capacity == 0, let memory = spare.popLast() { ring[slot] = memory }
        ring[slot].append(entry)
        inStep[step] += 1
        inRing += 1
    }

    /// Event by event: moves time on to the next event and hands it out.
    func pop() -> Event? {
        let entry = far.pop()
        now = far.now
        return entry?.entry.event
    }

    // MARK: Step by step

    /// When the next step is in which anything happens.
    var nextTime: Int64? {
        guard inRing > 0 else { return far.nextTime }
        for ahead in 1..<Self.stepsAhead where inStep[(present + ahead) % Self.stepsAhead] > 0 { return now + Int64(ahead) * step }
        return far.nextTime
    }

    func advance(to time: Int64) {
        now = time
        present = Int(now / step % Int64(Self.stepsAhead))
        while let next = far.nextTime, next - now < Int64(Self.stepsAhead) * step, let due = far.pop() {
            put(due.entry, stepsAhead(of: next), Int(due.area), isNear: false)
        }
    }

    var isAnyLeft: Bool { inRing > 0 && inStep[present] > 0 }

    /// - Parameter part: where in the batch.
    func take(area: Int, into batch: inout EventBatch<Event>, _ part: Int) {
        guard isAnyLeft || !batch.isEmpty(part) else { return }
        var entries = UniqueArray<Entry>()
        swap(&entries, &ring[area * Self.stepsAhead + present])
        inStep[present] -= entries.count
        inRing -= entries.count
        batch.swapIn(&entries, part)
        if entries.capacity > 0, spare.count < Self.spareLimit { spare.append(entries) }
    }
}
