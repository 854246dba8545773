/// What lies where no reference is counted: ends of connections, and nodes. Several shards are at theirs at a time. Elements move only when one is
/// added, while no shard is at work.
final class Arena<Element: ~Copyable> {
    private var memory: UnsafeMutablePointer<Element>
    private var capacity = 64
    private(set) var count = 0

    init() { memory = Self.room(for: capacity) }

    /// An element that is as long as a line of a processor's cache lies in one.
    private static func room(for count: Int) -> UnsafeMutablePointer<Element> {
        let (bytes, alignment) = (count * MemoryLayout<Element>.stride, max(64, MemoryLayout<Element>.alignment))
        return UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: alignment).bindMemory(to: Element.self, capacity: count)
    }

    deinit {
        memory.deinitialize(count: count)
        memory.deallocate()
    }

    func append(_ element: consuming Element) {
        if count == capacity {
            let larger = Self.room(for: 2 * capacity)
            larger.moveInitialize(from: memory, count: count)
            memory.deallocate()
            (memory, capacity) = (larger, 2 * capacity)
        }
        (memory + count).initialize(to: element)
        count += 1
    }

    subscript(index: Int) -> Element {
        _read {
            precondition(index >= 0 && index < count, "no such element")
            yield memory[index]
        }
        _modify {
            precondition(index >= 0 && index < count, "no such element")
            yield &memory[index]
        }
    }

    var indices: Range<Int> { 0..<count }

    func sum<Number: AdditiveArithmetic>(_ part: (borrowing Element) -> Number) -> Number {
        indices.reduce(.zero) { $0 + part(self[$1]) }
    }
}
