import Glibc

/// Reads a small file through its descriptor, never more of it than asked for (a pipe or device may have no end).
struct FileHandleReader: ~Copyable {
    private let descriptor: CInt

    /// Opens a file; `nil` if that fails, with the reason in `lastReason`.
    init?(path: String) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
    }

    deinit { close(descriptor) }

    /// Reads up to `limitBytes`; `nil` if the system refuses, with the reason in `lastReason`.
    func read(limitBytes: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limitBytes, 16 * 1024))
        while bytes.count < limitBytes {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limitBytes - bytes.count))
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }

    /// What the system said last on this thread.
    static var lastReason: String { String(cString: strerror(errno)) }
}
