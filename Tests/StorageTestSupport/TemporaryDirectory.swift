import Glibc

/// A directory that exists as long as this object.
public final class TemporaryDirectory: Sendable {
    public let path: String

    public init() throws {
        var template = Array("/tmp/shoal-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw SystemCallFailed(name: "mkdtemp", code: errno) }
        self.path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit { Self.removeAll(path) }

    /// The contents of a file in the directory.
    public func bytes(of name: String) throws -> [UInt8] {
        let descriptor = open(path + "/" + name, O_RDONLY)
        guard descriptor >= 0 else { throw SystemCallFailed(name: "open \(name)", code: errno) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else { throw SystemCallFailed(name: "read \(name)", code: errno) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    public func text(of name: String) throws -> String { String(decoding: try bytes(of: name), as: UTF8.self) }

    /// Makes or replaces a file in the directory.
    public func write(_ bytes: [UInt8], to name: String) throws {
        let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard descriptor >= 0 else { throw SystemCallFailed(name: "open \(name)", code: errno) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count else { throw SystemCallFailed(name: "write \(name)", code: errno) }
    }

    public func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    private static func removeAll(_ path: String) {
        // A symbolic link is removed, never followed: opendir is not tried unless remove says there is something inside.
        guard Glibc.remove(path) != 0, errno == ENOTEMPTY || errno == EEXIST, let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { removeAll(path + "/" + name) }
        }
        closedir(directory)
        _ = Glibc.remove(path)
    }
}

/// A system call that a test cannot do without.
public struct SystemCallFailed: Error, CustomStringConvertible {
    let name: String
    let code: Int32

    public var description: String { "\(name): \(String(cString: strerror(code)))" }
}
