#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that is read whole, and only if it is small.
struct SmallFile {
    let path: String
    let limitBytes: Int

    /// - Parameter mustBePrivate: whether it is an error that group or others may read or write it.
    func read(mustBePrivate: Bool = false) throws(CredentialError) -> [UInt8] {
        let mode = try permissions()
        guard !mustBePrivate || mode & 0o077 == 0 else { throw .exposed(path: path, mode: mode) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(errno) }
        defer { close(descriptor) }
        return try bytes(of: descriptor)
    }

    static func isDirectory(_ path: String) -> Bool { attributes(of: path)?[.type] as? FileAttributeType == .typeDirectory }

    /// A pipe without a writer must not hold anybody up.
    private func permissions() throws(CredentialError) -> UInt32 {
        guard let attributes = Self.attributes(of: path) else { throw unreadable(errno) }
        guard attributes[.type] as? FileAttributeType == .typeRegular else { throw .unreadable(path: path, reason: "it is not a file") }
        return UInt32(attributes[.posixPermissions] as? UInt ?? 0o777) & 0o777
    }

    /// Of what links lead to, as orchestrators mount their secrets; nil with `errno` set when there is nothing.
    private static func attributes(of path: String) -> [FileAttributeKey: Any]? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return try? FileManager.default.attributesOfItem(atPath: String(cString: real))
    }

    private func bytes(of descriptor: Int32) throws(CredentialError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = systemRead(descriptor, &chunk, chunk.count)
            if count < 0 {
                let code = errno
                if code == EINTR { continue }
                throw unreadable(code)
            }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            guard bytes.count <= limitBytes else { throw .tooLarge(path: path, limitBytes: limitBytes) }
        }
    }

    private func unreadable(_ code: Int32) -> CredentialError {
        .unreadable(path: path, reason: String(cString: strerror(code)))
    }
}

/// `read(2)`, which a method of the same name hides.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
