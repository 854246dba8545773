import CLMDB

/// Whether a walk through a table goes on.
public enum Walk: Sendable {
    case proceed
    case stop
}

extension Transaction {
    /// The value at `key`, or nil.
    public func get<Key, Value>(_ key: Key, from table: Table<Key, Value>) throws(LMDBError) -> Value? {
        var data = MDB_val()
        let status = key.encoded.withMDBValue { mdb_get(handle, table.handle, $0, &data) }
        if status == MDB_NOTFOUND { return nil }
        try LMDBError.check(status, "reading table \(table.name)")
        return try table.decode(data)
    }

    /// Whether there is a record at `key`, without decoding it.
    public func contains<Key, Value>(_ key: Key, in table: Table<Key, Value>) throws(LMDBError) -> Bool {
        var data = MDB_val()
        let status = key.encoded.withMDBValue { mdb_get(handle, table.handle, $0, &data) }
        if status == MDB_NOTFOUND { return false }
        try LMDBError.check(status, "reading table \(table.name)")
        return true
    }

    /// Records in the table; costs nothing.
    public func count<Key, Value>(of table: Table<Key, Value>) throws(LMDBError) -> Int {
        var statistics = MDB_stat()
        try LMDBError.check(mdb_stat(handle, table.handle, &statistics), "counting table \(table.name)")
        return statistics.ms_entries
    }

    /// Walks through records in ascending byte-wise order of their keys. Do not change the table meanwhile.
    ///
    /// - Parameters:
    ///   - start: first key to look at (itself included); nil begins at the table's begin, or at the prefix.
    ///   - prefix: only keys whose encoding begins so.
    ///   - limit: at most so many records.
    public func forEach<Key, Value>(
        in table: Table<Key, Value>, from start: Key? = nil, prefix: [UInt8] = [], limit: Int = .max,
        _ body: (Key, Value) throws(LMDBError) -> Walk
    ) throws(LMDBError) {
        let cursor = try Cursor(handle, table.handle, "walking through table \(table.name)")
        var first = prefix
        if let key = start?.encoded, prefix.lexicographicallyPrecedes(key) { first = key }
        var seen = 0
        var record = try cursor.seek(first)
        while let (key, value) = record, seen < limit, key.hasPrefix(prefix) {
            seen += 1
            guard try body(table.decodeKey(key), table.decode(value)) == .proceed else { return }
            record = try cursor.next()
        }
    }
}

extension Table {
    func decode(_ data: MDB_val) throws(LMDBError) -> Value {
        do {
            return try Value(decoding: data.buffer)
        } catch {
            throw LMDBError(.malformedRecord(error.expected), while: "reading a value of table \(name)")
        }
    }

    func decodeKey(_ data: MDB_val) throws(LMDBError) -> Key {
        do {
            return try Key(decoding: data.buffer)
        } catch {
            throw LMDBError(.malformedRecord(error.expected), while: "reading a key of table \(name)")
        }
    }
}
