/// What is to happen in virtual time: in the order of its time and, at one time, in that of its scheduling. A total order, so that the same
/// scenario and seed give the same run on every machine.
struct EventQueue<Event> {
    /// Entries of the heap are moved about, so that the events themselves lie apart.
    private struct Entry {
        let time: Int64
        let order: UInt64
        let slot: Int32

        func precedes(_ other: Entry) -> Bool { time != other.time ? time < other.time : order < other.order }
    }

    private var heap: [Entry] = []
    private var events: [Event?] = []
    private var free: [Int32] = []
    private var scheduled: UInt64 = 0

    /// Nanoseconds since the beginning.
    private(set) var now: Int64 = 0

    var nextTime: Int64? { heap.first?.time }

    /// - Parameter time: nanoseconds; what is past happens now.
    mutating func schedule(at time: Int64, _ event: Event) {
        scheduled += 1
        let slot: Int32
        if let last = free.popLast() {
            slot = last
            events[Int(slot)] = event
        } else {
            slot = Int32(events.count)
            events.append(event)
        }
        let entry = Entry(time: max(time, now), order: scheduled, slot: slot)
        heap.append(entry)
        var child = heap.count - 1
        // Four children each: half as deep as with two, and siblings share a cache line.
        while child > 0 {
            let parent = (child - 1) / 4
            guard entry.precedes(heap[parent]) else { break }
            heap[child] = heap[parent]
            child = parent
        }
        heap[child] = entry
    }

    /// Moves time on to the next event and hands it out.
    mutating func pop() -> Event? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty { sink(last) }
        now = first.time
        defer {
            events[Int(first.slot)] = nil
            free.append(first.slot)
        }
        return events[Int(first.slot)]
    }

    /// Puts the entry in at the root, and down to its place.
    private mutating func sink(_ entry: Entry) {
        let count = heap.count
        var parent = 0
        while true {
            let begin = 4 * parent + 1
            guard begin < count else { break }
            var least = begin
            for child in begin + 1..<max(begin + 1, min(begin + 4, count)) where heap[child].precedes(heap[least]) { least = child }
            guard heap[least].precedes(entry) else { break }
            heap[parent] = heap[least]
            parent = least
        }
        heap[parent] = entry
    }
}
