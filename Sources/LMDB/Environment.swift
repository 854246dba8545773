import CLMDB

/// An LMDB environment: one directory with a memory-mapped database of several tables.
///
/// Any number of threads may read at once, each seeing the last commit before it began; writers take turns.
/// A process may open a directory only once (a rule of LMDB); whoever owns the directory keeps other processes away.
public final class Environment: @unchecked Sendable {  // MDB_env may be shared by threads; its handle never changes after init
    /// When a commit is on the disk.
    public enum SyncPolicy: Sendable {
        /// At the end of every write transaction: survives a power cut.
        case everyCommit
        /// The database stays intact after a power cut, but the last commit may be undone.
        case lastCommitMayBeLost
        /// Only at `sync()`. Survives `kill -9`; a power cut may damage the database.
        case onDemand
    }

    /// How an environment is opened; every field has a default.
    public struct Configuration: Sendable {
        /// Upper bound of the database, bytes. Only address space is taken; the file grows as it fills. A multiple of 4096.
        public var mapSizeBytes = 16 << 30
        public var tableLimit = 16
        /// Read transactions at once.
        public var readerLimit = 254
        public var sync = SyncPolicy.everyCommit

        public init() {}
    }

    /// The directory, for messages.
    public let path: String
    private let handle: OpaquePointer

    /// Opens the environment in an existing directory, creating its files when there are none.
    public init(path: String, configuration: Configuration = Configuration()) throws(LMDBError) {
        let operation = "opening the database at \(path)"
        var created: OpaquePointer?
        try LMDBError.check(mdb_env_create(&created), operation)
        guard let handle = created else { throw LMDBError(.outOfMemory, while: operation) }
        do {
            try LMDBError.check(mdb_env_set_mapsize(handle, configuration.mapSizeBytes), operation)
            try LMDBError.check(mdb_env_set_maxdbs(handle, MDB_dbi(configuration.tableLimit)), operation)
            try LMDBError.check(mdb_env_set_maxreaders(handle, UInt32(configuration.readerLimit)), operation)
            // A reader's slot belongs to its transaction, not to its thread: threads of a pool come and go.
            let flags = UInt32(MDB_NOTLS) | configuration.sync.flags
            try LMDBError.check(mdb_env_open(handle, path, flags, 0o644), operation)
            // A process that was killed leaves its readers behind, and they would keep old pages from being reused.
            try LMDBError.check(mdb_reader_check(handle, nil), operation)
        } catch {
            mdb_env_close(handle)
            throw error
        }
        self.handle = handle
        self.path = path
    }

    deinit { mdb_env_close(handle) }

    /// Opens a table, creating it when there is none. Do this at start: it is a write transaction of its own.
    public func table<Key: TableKey, Value: TableValue>(
        _ name: String, key: Key.Type = Key.self, value: Value.Type = Value.self
    ) throws(LMDBError) -> Table<Key, Value> {
        try write { transaction throws(LMDBError) in
            var table: MDB_dbi = 0
            try LMDBError.check(mdb_dbi_open(transaction.handle, name, UInt32(MDB_CREATE), &table), "opening table \(name)")
            return Table(name: name, handle: table)
        }
    }

    /// Runs `body` on a snapshot of the database. Keep it short: pages that a snapshot can see are not reused.
    public func read<Result>(_ body: (borrowing ReadTransaction) throws(LMDBError) -> Result) throws(LMDBError) -> Result {
        let transaction = try ReadTransaction(begin(flags: UInt32(MDB_RDONLY)))
        return try body(transaction)
    }

    /// Runs `body` as the only writer and commits what it did when it returns; when it throws, nothing has happened.
    /// Never call it inside another write on the same thread: it would wait for itself.
    public func write<Result>(_ body: (borrowing WriteTransaction) throws(LMDBError) -> Result) throws(LMDBError) -> Result {
        let transaction = try WriteTransaction(begin(flags: 0))
        let result = try body(transaction)
        try transaction.commit(path: path)
        return result
    }

    /// Puts every commit on the disk, whatever the sync policy.
    public func sync() throws(LMDBError) {
        try LMDBError.check(mdb_env_sync(handle, 1), "flushing the database at \(path)")
    }

    private func begin(flags: UInt32) throws(LMDBError) -> OpaquePointer {
        var transaction: OpaquePointer?
        let status = mdb_txn_begin(handle, nil, flags, &transaction)
        guard status == MDB_SUCCESS, let transaction else { throw LMDBError(status, while: "beginning a transaction at \(path)") }
        return transaction
    }
}

extension Environment.SyncPolicy {
    fileprivate var flags: UInt32 {
        switch self {
        case .everyCommit: 0
        case .lastCommitMayBeLost: UInt32(MDB_NOMETASYNC)
        case .onDemand: UInt32(MDB_NOSYNC)
        }
    }
}
