/// All ends of connections. Several shards are at theirs at a time, so that they lie where no reference is counted; they move only when one is
/// added, while no shard is at work.
final class LinkEnds {
    private var memory: UnsafeMutablePointer<LinkEnd>
    private var capacity = 64
    private(set) var count = 0

    init() { memory = .allocate(capacity: capacity) }

    deinit {
        memory.deinitialize(count: count)
        memory.deallocate()
    }

    func append(_ end: LinkEnd) {
        if count == capacity {
            let larger = UnsafeMutablePointer<LinkEnd>.allocate(capacity: 2 * capacity)
            larger.moveInitialize(from: memory, count: count)
            memory.deallocate()
            (memory, capacity) = (larger, 2 * capacity)
        }
        (memory + count).initialize(to: end)
        count += 1
    }

    subscript(id: LinkEnd.ID) -> LinkEnd {
        _read {
            precondition(id >= 0 && id < count, "no such end")
            yield memory[id]
        }
        _modify {
            precondition(id >= 0 && id < count, "no such end")
            yield &memory[id]
        }
    }
}
