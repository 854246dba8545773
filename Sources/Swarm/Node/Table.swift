import OrderedCollections

/// A dictionary in the order in which its keys came, whose values lie in a plain array and are asked and changed there. Out of an
/// `OrderedDictionary` they are copied, or lent by a coroutine with memory of its own: for a session or a transfer that means a dozen reference
/// counts up and down, at every event.
struct Table<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private(set) var keys: OrderedSet<Key> = []
    /// In the order of the keys. Each may be changed, but none added or taken away.
    var values: [Value] = []

    var count: Int { values.count }
    var isEmpty: Bool { values.isEmpty }

    @inline(__always)
    func index(forKey key: Key) -> Int? { keys.firstIndex(of: key) }

    func contains(_ key: Key) -> Bool { index(forKey: key) != nil }

    /// Asks or changes a value where it lies. A method called on `values[index]` may be given a copy.
    @inline(__always)
    mutating func inPlace<Answer>(at index: Int, _ body: (inout Value) -> Answer) -> Answer { body(&values[index]) }

    /// The same; nil if there is none.
    @inline(__always)
    @discardableResult
    mutating func inPlace<Answer>(_ key: Key, _ body: (inout Value) -> Answer?) -> Answer? {
        guard let index = index(forKey: key) else { return nil }
        return body(&values[index])
    }

    /// Asks a value of a table that may not be changed.
    func peek<Answer>(_ key: Key, _ question: (borrowing Value) -> Answer?) -> Answer? {
        guard let index = index(forKey: key) else { return nil }
        return values.withUnsafeBufferPointer { question($0[index]) }
    }

    mutating func set(_ value: Value, forKey key: Key) {
        let (isNew, index) = keys.append(key)
        if isNew { values.append(value) } else { values[index] = value }
    }

    @discardableResult
    mutating func removeValue(forKey key: Key) -> Value? {
        guard let index = index(forKey: key) else { return nil }
        return remove(at: index)
    }

    @discardableResult
    mutating func remove(at index: Int) -> Value {
        keys.remove(at: index)
        return values.remove(at: index)
    }

    mutating func removeAll() { self = Table() }
}
