import CLMDB
import Glibc

/// What went wrong in an environment, while doing what. This file is the only one that knows the C library's codes.
public struct LMDBError: Error, Equatable, CustomStringConvertible {
    /// The library's codes that a caller can act on.
    public enum Code: Hashable, Sendable {
        case mapFull
        case diskFull
        case corrupted
        case notAnEnvironment
        case versionMismatch
        case permissionDenied
        case readOnlyFileSystem
        case noSuchDirectory
        case notADirectory
        case inputOutput
        case outOfMemory
        case tooManyReaders
        case tooManyTables
        case transactionTooLarge
        case unusable
        case badKeySize
        /// A record's bytes are not what its table holds; the text says what was expected.
        case malformedRecord(String)
        /// Any other code of LMDB (negative) or of the system (positive).
        case other(Int32)
    }

    public let code: Code
    /// What was being done, such as `opening the index at /var/lib/shoal/index`.
    public let operation: String

    public init(_ code: Code, while operation: String) {
        self.code = code
        self.operation = operation
    }

    init(_ status: Int32, while operation: String) {
        self.init(Self.code(of: status), while: operation)
    }

    public var description: String { "\(operation) failed: \(explanation)" }

    /// Throws unless the C call succeeded.
    static func check(_ status: Int32, _ operation: @autoclosure () -> String) throws(LMDBError) {
        if status != MDB_SUCCESS { throw LMDBError(status, while: operation()) }
    }

    private static func code(of status: Int32) -> Code {
        switch status {
        case MDB_MAP_FULL: .mapFull
        case ENOSPC, EDQUOT: .diskFull
        case MDB_CORRUPTED, MDB_PAGE_NOTFOUND: .corrupted
        case MDB_INVALID: .notAnEnvironment
        case MDB_VERSION_MISMATCH: .versionMismatch
        case EACCES, EPERM: .permissionDenied
        case EROFS: .readOnlyFileSystem
        case ENOENT: .noSuchDirectory
        case ENOTDIR: .notADirectory
        case EIO: .inputOutput
        case ENOMEM: .outOfMemory
        case MDB_READERS_FULL: .tooManyReaders
        case MDB_DBS_FULL: .tooManyTables
        case MDB_TXN_FULL: .transactionTooLarge
        case MDB_PANIC, MDB_BAD_TXN: .unusable
        case MDB_BAD_VALSIZE: .badKeySize
        default: .other(status)
        }
    }

    private var explanation: String {
        switch code {
        case .mapFull: "the database has reached its configured size; raise the map size and start again"
        case .diskFull: "the disk or the quota is full; free some space"
        case .corrupted: "the database is damaged; stop the program, move the directory away and start again, it is made anew"
        case .notAnEnvironment: "data.mdb is not an LMDB file or its header is damaged; move it away and start again"
        case .versionMismatch: "data.mdb was written by another version of liblmdb; move it away or install that version"
        case .permissionDenied: "permission denied; let this user read and write the directory and its files"
        case .readOnlyFileSystem: "the file system is read-only; mount it writable or choose another directory"
        case .noSuchDirectory: "the directory does not exist; create it first"
        case .notADirectory: "the path is not a directory; choose another"
        case .inputOutput: "the disk reported an input/output error; check the system log and the disk"
        case .outOfMemory: "not enough memory or address space; lift the limit (ulimit -v) or lower the map size"
        case .tooManyReaders: "too many read transactions at once; raise the reader limit"
        case .tooManyTables: "too many tables; raise the table limit"
        case .transactionTooLarge: "the transaction changes too many pages; split it"
        case .unusable: "an earlier failure made the environment or transaction unusable; start the program again"
        case .badKeySize: "a key must have 1 to 511 bytes"
        case .malformedRecord(let expected): "a record is malformed: expected \(expected)"
        case .other(let status): String(cString: mdb_strerror(status))
        }
    }
}
