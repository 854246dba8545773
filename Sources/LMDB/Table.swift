import CLMDB

/// A named, sorted map inside an environment. A value of this type only names the table; transactions read and change it.
public struct Table<Key: TableKey, Value: TableValue>: Sendable {
    public let name: String
    let handle: MDB_dbi

    init(name: String, handle: MDB_dbi) {
        self.name = name
        self.handle = handle
    }
}
