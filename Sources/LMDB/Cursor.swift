import CLMDB

/// A position in a table; closed before its transaction ends because it cannot outlive a call.
struct Cursor: ~Copyable {
    private let handle: OpaquePointer
    private let operation: String

    init(_ transaction: OpaquePointer, _ table: MDB_dbi, _ operation: String) throws(LMDBError) {
        var cursor: OpaquePointer?
        let status = mdb_cursor_open(transaction, table, &cursor)
        guard status == MDB_SUCCESS, let cursor else { throw LMDBError(status, while: operation) }
        self.handle = cursor
        self.operation = operation
    }

    deinit { mdb_cursor_close(handle) }

    /// Goes to the first record at or after `key`; an empty key is the table's begin.
    func seek(_ key: [UInt8]) throws(LMDBError) -> (key: MDB_val, value: MDB_val)? {
        if key.isEmpty { return try move(MDB_FIRST) }
        var found = MDB_val()
        var value = MDB_val()
        let status = key.withMDBValue { wanted in
            let status = mdb_cursor_get(handle, wanted, &value, MDB_SET_RANGE)
            found = wanted.pointee
            return status
        }
        return try result(status, found, value)
    }

    /// Goes to the following record. After a deletion that is the one that took the deleted one's place.
    func next() throws(LMDBError) -> (key: MDB_val, value: MDB_val)? { try move(MDB_NEXT) }

    func delete() throws(LMDBError) { try LMDBError.check(mdb_cursor_del(handle, 0), operation) }

    private func move(_ step: MDB_cursor_op) throws(LMDBError) -> (key: MDB_val, value: MDB_val)? {
        var key = MDB_val()
        var value = MDB_val()
        let status = mdb_cursor_get(handle, &key, &value, step)
        return try result(status, key, value)
    }

    private func result(_ status: Int32, _ key: MDB_val, _ value: MDB_val) throws(LMDBError) -> (key: MDB_val, value: MDB_val)? {
        if status == MDB_NOTFOUND { return nil }
        try LMDBError.check(status, operation)
        return (key, value)
    }
}
