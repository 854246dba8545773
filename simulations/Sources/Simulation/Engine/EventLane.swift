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
        let areas = ring.count / Self.stepsAhead
        for ahead in 1..<Int64(Self.stepsAhead) {
            let time = now + ahead * step
            for area in 0..<areas where !ring[slot(time, area)].isEmpty { return time }
        }
        return far.nextTime
    }

    func advance(to time: Int64) {
        now = time
        while let next = far.nextTime, next - now < Int64(Self.stepsAhead) * step, let due = far.pop() {
            put(due.entry, slot(max(next, now), Int(due.area)), isNear: false)
        }
    }

    var isAnyLeft: Bool {
        guard inRing > 0 else { return false }
        for area in 0..<ring.count / Self.stepsAhead where !ring[slot(now, area)].isEmpty { return true }
        return false
    }

    /// - Parameter part: where in the batch.
    func take(area: Int, into batch: inout EventBatch<Event>, _ part: Int) {
        var entries: [Entry] = []
        if inRing > 0 { swap(&entries, &ring[slot(now, area)]) }
        inRing -= entries.count
        let memory = batch.put(entries, part)
        if memory.capacity > 0, spare.count < Self.spareLimit { spare.append(memory) }
    }

    private func slot(_ time: Int64, _ area: Int) -> Int { area * Self.stepsAhead + Int(time / step % Int64(Self.stepsAhead)) }
}
