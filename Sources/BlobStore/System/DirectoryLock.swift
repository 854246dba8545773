import Glibc

/// Keeps a second process out of a data directory, for as long as this object lives. The kernel lets go when a process dies.
final class DirectoryLock: Sendable {
    private let file: OpenFile

    init(path: String, guarding directory: String) throws(BlobStoreError) {
        file = try OpenFile(path, .create)
        guard retrying({ flock(file.descriptor, LOCK_EX | LOCK_NB) }) == 0 else {
            if errno == EWOULDBLOCK { throw .locked(path: directory) }
            throw BlobStoreError(errno: errno, "locking", path)
        }
    }
}
