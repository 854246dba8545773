import Glibc
import LMDB

extension BlobStoreError {
    /// - Parameters:
    ///   - action: what was being done to the path, such as `writing`.
    init(errno code: Int32, _ action: String, _ path: String) {
        switch code {
        // EFBIG is the file system's or the user's limit on one file: it ends the same way.
        case ENOSPC, EDQUOT, EFBIG: self = .diskFull(path: path)
        case EROFS: self = .readOnlyFileSystem(path: path)
        case EACCES, EPERM: self = .permissionDenied(path: path)
        case ENOTDIR: self = .notADirectory(path: path)
        default: self = .system(action: action, path: path, code: code, reason: String(cString: strerror(code)))
        }
    }

    /// Whether a file that should be there is not, or not whole.
    var isLoss: Bool {
        switch self {
        case .damaged: true
        case .system(_, _, let code, _): code == ENOENT
        default: false
        }
    }

    init(_ error: LMDBError, at path: String) {
        switch error.code {
        case .diskFull: self = .diskFull(path: path)
        case .readOnlyFileSystem: self = .readOnlyFileSystem(path: path)
        case .permissionDenied: self = .permissionDenied(path: path)
        default: self = .index(error)
        }
    }
}
