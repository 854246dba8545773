/// What one part of the world has scheduled. Only one processor at a time does.
final class EventLane<Event> {
    struct Entry {
        let place: Int32
        let event: Event
    }

    private struct FarEntry {
        let area: Int32
        let entry: Entry
    }

    private let step: Int64
    /// The agenda's, nanoseconds.
    private(set) var now: Int64 = 0
    /// The steps to come, around in a ring for each area, and how many events are in them.
    private var ring: [[Entry]]
    /// How many of these are in each step, of all areas: most steps of a quiet time have none.
    private var inStep: [Int]
    private var inRing = 0
    /// What is beyond them, or everything without steps.
    private var far = EventQueue<FarEntry>()
    /// Memory of steps that are over, for others.
    private var spare: [[Entry]] = []

    private static var stepsAhead: Int { 1024 }
    private static var spareLimit: Int { 24 }
    /// Steps so near that much will happen in them. Those beyond begin with little memory: most of them only get a few ticks.
    private static var stepsNear: Int64 { 3 }

    init(step: Int64, areas: Int) {
        self.step = step
        ring = Array(repeating: [], count: step > 0 ? areas * Self.stepsAhead : 0)
        inStep = Array(repeating: 0, count: step > 0 ? Self.stepsAhead : 0)
    }

    var isEmpty: Bool { inRing == 0 && far.nextTime == nil }

    /// - Parameters:
    ///   - time: nanoseconds; what is past happens now. In steps, it happens at the end of the step.
    ///   - place: where in the area it happens.
    func schedule(at time: Int64, _ event: Event, at place: Int32, of area: Int) {
        let entry = Entry(place: place, event: event)
        guard step > 0 else { return far.schedule(at: time, FarEntry(area: 0, entry: entry)) }
        let end = (max(time, now) + step - 1) / step * step
        if end - now < Int64(Self.stepsAhead) * step {
            put(entry, slot(end, area), isNear: end - now <= Self.stepsNear * step)
        } else {
            far.schedule(at: end, FarEntry(area: Int32(area), entry: entry))
        }
    }

    private func put(_ entry: Entry, _ slot: Int, isNear: Bool) {
        if isNear, ring[slot].capacity == 0, let memory = spare.popLast() { ring[slot] = memory }
        ring[slot].append(entry)
        inStep[slot % Self.stepsAhead] += 1
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
        let present = slot(now, 0)
        for ahead in 1..<Self.stepsAhead where inStep[(present + ahead) % Self.stepsAhead] > 0 { return now + Int64(ahead) * step }
        return far.nextTime
    }

    func advance(to time: Int64) {
        now = time
        while let next = far.nextTime, next - now < Int64(Self.stepsAhead) * step, let due = far.pop() {
            put(due.entry, slot(max(next, now), Int(due.area)), isNear: false)
        }
    }

    var isAnyLeft: Bool { inRing > 0 && inStep[slot(now, 0)] > 0 }

    /// - Parameter part: where in the batch.
    func take(area: Int, into batch: inout EventBatch<Event>, _ part: Int) {
        guard isAnyLeft || !batch.isEmpty(part) else { return }
        var entries: [Entry] = []
        swap(&entries, &ring[slot(now, area)])
        inStep[slot(now, 0)] -= entries.count
        inRing -= entries.count
        let memory = batch.put(entries, part)
        if memory.capacity > 0, spare.count < Self.spareLimit { spare.append(memory) }
    }

    private func slot(_ time: Int64, _ area: Int) -> Int { area * Self.stepsAhead + Int(time / step % Int64(Self.stepsAhead)) }
}
