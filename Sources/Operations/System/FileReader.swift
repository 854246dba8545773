import Glibc

/// Reads a small file through its descriptor, never more of it than asked for (a pipe or device may have no end).
public struct FileReader: ~Copyable {
    private let descriptor: CInt

    /// Opens a file.
    public init(path: String) throws(SystemError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError(code: errno) }
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Reads up to `limitBytes`.
    public func read(limitBytes: Int) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limitBytes, 16 * 1024))
        while bytes.count < limitBytes {
            let count = Glibc.read(descriptor, &chunk, min(chunk.count, limitBytes - bytes.count))
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw SystemError(code: code)
            }
            if count == 0 { break }
            bytes.append(contentsOf: chunk[..<count])
        }
        return bytes
    }
}
