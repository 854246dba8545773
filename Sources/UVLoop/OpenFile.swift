import CLibUV
import Glibc

/// An open file descriptor that whoever sends from it shares: closed when the last reference goes.
public final class OpenFile: Sendable {
    public let descriptor: Int32
    private let residency: FileResidency?

    /// Takes over a descriptor that the caller has opened; nobody else may close it.
    public init(owning descriptor: Int32) {
        self.descriptor = descriptor
        residency = FileResidency(of: descriptor)
    }

    /// Opens a file for reading. This may wait for a disk: not on a loop's thread, use ``UVLoop/work(_:)``.
    ///
    /// - Throws: `UVError`, for example `ENOENT`, `EACCES`, `EMFILE`.
    public convenience init(readingFrom path: String) throws(UVError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw UVError(errno: errno, operation: "open \(path)") }
        self.init(owning: descriptor)
    }

    /// A descriptor of its own for a file that somebody else has open.
    ///
    /// - Throws: `EMFILE`.
    public convenience init(duplicating descriptor: Int32) throws(UVError) {
        let duplicate = shoal_duplicate_descriptor(descriptor)
        guard duplicate >= 0 else { throw UVError(errno: errno, operation: "duplicate a file's descriptor") }
        self.init(owning: duplicate)
    }

    deinit { close(descriptor) }

    /// Whether the whole range lies in the page cache just now, so that sending it does not wait for a disk. False also when that is not known.
    func isInMemory(offset: UInt64, count: Int) -> Bool {
        residency?.contains(offset: offset, count: count) ?? false
    }
}
