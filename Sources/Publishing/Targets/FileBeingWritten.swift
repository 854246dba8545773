import Glibc

/// A file that is there under its name only once it is whole and flushed.
struct FileBeingWritten: ~Copyable {
    private let path: String
    private let temporary: String
    private let descriptor: CInt
    private var isFinished = false

    init(_ path: String) throws(PublishError) {
        self.path = path
        let name = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        temporary = "\(path[..<name]).\(path[name...]).part"
        descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { throw Self.failure(temporary) }
    }

    deinit {
        close(descriptor)
        if !isFinished { unlink(temporary) }
    }

    mutating func write(_ bytes: [UInt8]) throws(PublishError) {
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(path) }
            done += count
        }
    }

    mutating func finish() throws(PublishError) {
        guard fsync(descriptor) == 0, rename(temporary, path) == 0 else { throw Self.failure(path) }
        isFinished = true
    }

    private static func failure(_ path: String) -> PublishError {
        switch errno {
        case ENOSPC, EDQUOT, EFBIG: .diskFull(path)
        case let code: .unwritable(path, String(cString: strerror(code)))
        }
    }
}
