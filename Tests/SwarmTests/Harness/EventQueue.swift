import Swarm

/// Virtual time: what is to happen, in the order of its time and, at one time, of its scheduling.
struct EventQueue {
    private struct Entry {
        let time: Int64
        let order: UInt64
        let body: () -> Void

        func precedes(_ other: Entry) -> Bool { (time, order) < (other.time, other.order) }
    }

    private var heap: [Entry] = []
    private var scheduled: UInt64 = 0
    private(set) var now = Instant.zero

    var isEmpty: Bool { heap.isEmpty }
    var nextTime: Instant? { heap.first.map { Instant(nanoseconds: $0.time) } }

    mutating func schedule(at time: Instant, _ body: @escaping () -> Void) {
        scheduled += 1
        heap.append(Entry(time: max(time, now).nanoseconds, order: scheduled, body: body))
        var child = heap.count - 1
        while child > 0, heap[child].precedes(heap[(child - 1) / 2]) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Moves time on to the next entry and hands it out.
    mutating func pop() -> (() -> Void)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                let left = 2 * parent + 1
                guard left < heap.count else { break }
                let child = left + 1 < heap.count && heap[left + 1].precedes(heap[left]) ? left + 1 : left
                guard heap[child].precedes(heap[parent]) else { break }
                heap.swapAt(child, parent)
                parent = child
            }
        }
        now = Instant(nanoseconds: first.time)
        return first.body
    }
}
