import Glibc

/// An open file; its descriptor is closed when the last user lets go, so a reader outlives a rename and a deletion.
final class OpenFile: Sendable {
    let descriptor: Int32
    /// Where it was opened, for messages.
    let path: String

    enum Mode {
        case read
        case readWrite
        /// Made anew; what was there is emptied.
        case create
    }

    init(_ path: String, _ mode: Mode) throws(BlobStoreError) {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .readWrite: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            }
        let descriptor = retrying { open(path, flags | O_CLOEXEC, 0o644) }
        guard descriptor >= 0 else { throw BlobStoreError(errno: errno, "opening", path) }
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close(descriptor) }

    /// Writes all bytes at `offset`. When it throws, the range holds anything.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: UInt64) throws(BlobStoreError) {
        var done = 0
        while done < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
            let count = retrying { pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done)) }
            guard count > 0 else { throw BlobStoreError(errno: count == 0 ? EIO : errno, "writing", path) }
            done += count
        }
    }

    /// Reads until the buffer is full or the file ends.
    /// - Returns: bytes read.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(BlobStoreError) -> Int {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = retrying { pread(descriptor, rest.baseAddress, rest.count, off_t(offset) + off_t(done)) }
            guard count >= 0 else { throw BlobStoreError(errno: errno, "reading", path) }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Sets the length; what is added is a hole that takes no space.
    func truncate(to size: UInt64) throws(BlobStoreError) {
        guard retrying({ ftruncate(descriptor, off_t(size)) }) == 0 else { throw BlobStoreError(errno: errno, "sizing", path) }
    }

    func size() throws(BlobStoreError) -> UInt64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw BlobStoreError(errno: errno, "looking at", path) }
        return UInt64(status.st_size)
    }

    /// Returns when all bytes, and the length, are on the disk.
    func sync() throws(BlobStoreError) {
        guard retrying({ fsync(descriptor) }) == 0 else { throw BlobStoreError(errno: errno, "flushing", path) }
    }
}

/// Repeats a system call that a signal interrupted.
func retrying<Value: SignedInteger>(_ call: () -> Value) -> Value {
    while true {
        let result = call()
        if result >= 0 || errno != EINTR { return result }
    }
}
