import OrderedCollections

/// A dictionary that mostly has one entry, which lies in it: nothing else need be fetched from memory to find it.
struct FewEntries<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var first: (key: Key, value: Value)?
    // Ordered, as these look through a few entries without hashing anything.
    private var others: OrderedDictionary<Key, Value> = [:]

    var count: Int { others.count + (first == nil ? 0 : 1) }
    var isEmpty: Bool { first == nil && others.isEmpty }

    subscript(key: Key) -> Value? {
        @inline(__always) get {
            if let first, first.key == key { return first.value }
            return others.isEmpty ? nil : others[key]
        }
        set {
            if first?.key == key || first == nil && others[key] == nil {
                first = newValue.map { (key, $0) }
            } else {
                others[key] = newValue
            }
        }
    }

    /// - Returns: what was there.
    mutating func removeValue(forKey key: Key) -> Value? {
        defer { self[key] = nil }
        return self[key]
    }

    /// - Returns: that of the first such value.
    func key(where isMeant: (Value) -> Bool) -> Key? {
        if let first, isMeant(first.value) { return first.key }
        return others.values.firstIndex(where: isMeant).map { others.keys[$0] }
    }
}
