import BasicContainers

/// A dictionary in the order in which its keys came, whose values lie in an array of their own and are asked and changed there. Out of an
/// `OrderedDictionary` they are copied, or lent by a coroutine with memory of its own: for a session or a transfer that means a dozen reference
/// counts up and down, at every event. Out of this one they can only be taken, and nothing need be asked before one is changed.
struct Table<Key: Hashable & Sendable, Value: ~Copyable & Sendable>: ~Copyable, Sendable {
    private(set) var keys: [Key] = []
    /// In the order of the keys. Each may be changed, but none added or taken away.
    var values = UniqueArray<Value>()

    /// Where each key is, by its hash, -1 where none is (Knuth, "The Art of Computer Programming", 6.4, algorithm L); none of few keys. At least half of
    /// them are free.
    private var places: [Int32] = []

    /// So few keys are looked through one after the other.
    private static var few: Int { 16 }

    var count: Int { values.count }
    var isEmpty: Bool { values.isEmpty }

    @inline(__always)
    func index(forKey key: Key) -> Int? {
        guard !places.isEmpty else { return keys.firstIndex(of: key) }
        var bucket = key.hashValue & (places.count - 1)
        while true {
            let index = Int(places[bucket])
            guard index >= 0 else { return nil }
            if keys[index] == key { return index }
            bucket = (bucket + 1) & (places.count - 1)
        }
    }

    private mutating func place(_ index: Int) {
        var bucket = keys[index].hashValue & (places.count - 1)
        while places[bucket] >= 0 { bucket = (bucket + 1) & (places.count - 1) }
        places[bucket] = Int32(index)
    }

    /// Finds all keys a place, in more of them if there are too few.
    private mutating func placeAll() {
        places.removeAll(keepingCapacity: true)
        guard keys.count > Self.few else { return }
        var room = 2 * Self.few
        while room < 2 * keys.count { room *= 2 }
        places.append(contentsOf: repeatElement(-1, count: room))
        for index in keys.indices { place(index) }
    }

    func contains(_ key: Key) -> Bool { index(forKey: key) != nil }

    /// Asks or changes a value; nil if there is none.
    @inline(__always)
    @discardableResult
    mutating func inPlace<Answer>(_ key: Key, _ body: (inout Value) -> Answer?) -> Answer? {
        guard let index = index(forKey: key) else { return nil }
        return body(&values[index])
    }

    /// Asks a value of a table that may not be changed.
    @inline(__always)
    func peek<Answer>(_ key: Key, _ question: (borrowing Value) -> Answer?) -> Answer? {
        guard let index = index(forKey: key) else { return nil }
        return question(values[index])
    }

    @inline(__always)
    func count(where isMeant: (borrowing Value) -> Bool) -> Int {
        var count = 0
        for index in values.indices where isMeant(values[index]) { count += 1 }
        return count
    }

    @inline(__always)
    func firstIndex(where isMeant: (borrowing Value) -> Bool) -> Int? {
        for index in values.indices where isMeant(values[index]) { return index }
        return nil
    }

    @inline(__always)
    func contains(where isMeant: (borrowing Value) -> Bool) -> Bool { firstIndex(where: isMeant) != nil }

    mutating func set(_ value: consuming Value, forKey key: Key) {
        if let index = index(forKey: key) {
            values[index] = value
            return
        }
        keys.append(key)
        values.append(value)
        if keys.count > Self.few, 2 * keys.count > places.count { placeAll() } else if !places.isEmpty { place(keys.count - 1) }
    }

    @discardableResult
    mutating func removeValue(forKey key: Key) -> Value? {
        guard let index = index(forKey: key) else { return nil }
        return remove(at: index)
    }

    @discardableResult
    mutating func remove(at index: Int) -> Value {
        keys.remove(at: index)
        if !places.isEmpty { placeAll() }
        return values.remove(at: index)
    }

    mutating func removeAll() { self = Table() }
}
