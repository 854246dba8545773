import Glibc
import Synchronization

/// One publisher at a time. The lock goes when this does, or the process.
final class DirectoryLock: Sendable {
    private let descriptor = Atomic<CInt>(-1)

    deinit {
        let held = descriptor.load(ordering: .relaxed)
        if held >= 0 { close(held) }
    }

    func take(_ path: String) throws(PublishError) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw .unwritable(path, String(cString: strerror(errno))) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            throw code == EWOULDBLOCK ? .busy(path) : .unwritable(path, String(cString: strerror(code)))
        }
        descriptor.store(file, ordering: .relaxed)
    }
}
