import Glibc

/// An open file of a layout, read at offsets.
struct LayoutFile: ~Copyable {
    let path: String
    private let descriptor: CInt

    init(_ path: String) throws(PublishError) {
        self.path = path
        descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path, String(cString: strerror(errno))) }
    }

    deinit { close(descriptor) }

    /// Bytes of the file; what has no end, such as a pipe, is none.
    func size() throws(PublishError) -> UInt64 {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw .unreadable(path, String(cString: strerror(errno))) }
        return UInt64(end)
    }

    /// Up to `count` bytes from `offset` on; fewer only at the file's end.
    func read(at offset: UInt64, count: Int) throws(PublishError) -> [UInt8] {
        var failure: CInt?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count, let base = buffer.baseAddress {
                let got = pread(descriptor, base + filled, count - filled, off_t(offset) + off_t(filled))
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                guard got > 0 else { break }
                filled += got
            }
        }
        if let failure { throw .unreadable(path, String(cString: strerror(failure))) }
        return bytes
    }

    /// The whole of a small file.
    static func text(_ path: String, limitBytes: Int) throws(PublishError) -> [UInt8] {
        let file = try LayoutFile(path)
        let size = try file.size()
        guard size <= limitBytes else { throw .unreadable(path, "it has \(size) bytes, more than \(limitBytes)") }
        return try file.read(at: 0, count: Int(size))
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
