import Glibc

/// Keeps a second process out of a data directory, for as long as this object lives. The kernel lets go when a process dies.
final class DirectoryLock: Sendable {
    /// A predecessor that is just ending, or a child of it that has yet to become another program, holds the lock a moment longer.
    private static let patienceMilliseconds: UInt64 = 1000
    private static let pauseMicroseconds: UInt32 = 10_000

    private let file: OpenFile

    init(path: String, guarding directory: String) throws(BlobStoreError) {
        file = try OpenFile(path, .create)
        let end = MonotonicTime.now.advanced(milliseconds: Self.patienceMilliseconds)
        while retrying({ flock(file.descriptor, LOCK_EX | LOCK_NB) }) != 0 {
            guard errno == EWOULDBLOCK else { throw BlobStoreError(errno: errno, "locking", path) }
            guard MonotonicTime.now < end else { throw .locked(path: directory) }
            usleep(Self.pauseMicroseconds)  // flock has no timeout, and opening a store may block its thread
        }
    }
}
