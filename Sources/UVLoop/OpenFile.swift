import CLibUV
import Glibc

/// An open file descriptor that whoever sends from it shares: closed when the last reference goes.
public final class OpenFile: Sendable {
    public let descriptor: Int32

    /// Takes over a descriptor that the caller has opened; nobody else may close it.
    public init(owning descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Opens a file for reading. This may wait for a disk: not on a loop's thread, use ``UVLoop/work(_:)``.
    ///
    /// - Throws: `UVError`, for example `ENOENT`, `EACCES`, `EMFILE`.
    public init(readingFrom path: String) throws(UVError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UVError(errno: errno, operation: "open \(path)") }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }
}
