import CLMDB

extension Transaction where Access == WriteAccess {
    /// Sets the value at `key`, replacing what was there.
    public func put<Key, Value>(_ value: Value, at key: Key, in table: Table<Key, Value>) throws(LMDBError) {
        let status = key.encoded.withMDBValue { key in
            value.encoded.withMDBValue { mdb_put(handle, table.handle, key, $0, 0) }
        }
        try LMDBError.check(status, "writing to table \(table.name)")
    }

    /// - Returns: whether there was a record at `key`.
    @discardableResult
    public func delete<Key, Value>(_ key: Key, from table: Table<Key, Value>) throws(LMDBError) -> Bool {
        let status = key.encoded.withMDBValue { mdb_del(handle, table.handle, $0, nil) }
        if status == MDB_NOTFOUND { return false }
        try LMDBError.check(status, "deleting from table \(table.name)")
        return true
    }

    /// Deletes all records whose encoded keys begin with `prefix`.
    /// - Returns: how many there were.
    @discardableResult
    public func delete<Key, Value>(prefix: [UInt8], from table: Table<Key, Value>) throws(LMDBError) -> Int {
        let cursor = try Cursor(handle, table.handle, "deleting from table \(table.name)")
        var count = 0
        var record = try cursor.seek(prefix)
        while let (key, _) = record, key.hasPrefix(prefix) {
            try cursor.delete()
            count += 1
            record = try cursor.next()
        }
        return count
    }
}
