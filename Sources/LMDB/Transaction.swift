import CLMDB

/// A view of the database that lasts as long as a closure. It cannot be copied, kept or taken across an `await`.
///
/// - `Access`: `ReadAccess` or `WriteAccess`; only the latter has the operations that change anything.
public struct Transaction<Access>: ~Copyable {
    let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { mdb_txn_abort(handle) }

    /// The handle is freed by the commit whether or not it succeeds.
    consuming func commit(path: String) throws(LMDBError) {
        let status = mdb_txn_commit(handle)
        discard self
        try LMDBError.check(status, "committing to the database at \(path)")
    }
}

/// A transaction that reads.
public enum ReadAccess {}
/// A transaction that reads and writes.
public enum WriteAccess {}

public typealias ReadTransaction = Transaction<ReadAccess>
public typealias WriteTransaction = Transaction<WriteAccess>
