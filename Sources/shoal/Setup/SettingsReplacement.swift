import FoundationEssentials
import Glibc
import Operations

/// A file of settings written anew: whole or not at all, with the owner and the mode that it had.
struct SettingsReplacement {
    let path: String

    func write(_ text: String) throws(SystemError) {
        try Self.makeFolder(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
        var status = stat()
        let isThere = stat(path, &status) == 0
        let temporary = "\(path).shoal"
        do throws(SystemError) {
            try fill(temporary, text)
            if isThere { try DiskFiles.check(chown(temporary, status.st_uid, status.st_gid)) }
            try DiskFiles.check(chmod(temporary, isThere ? status.st_mode & 0o7777 : 0o644))
            try DiskFiles.check(rename(temporary, path))
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private func fill(_ temporary: String, _ text: String) throws(SystemError) {
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw .last }
        defer { close(file) }
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                throw .last
            }
            rest = rest.dropFirst(count)
        }
        try DiskFiles.check(fsync(file))
    }

    /// Makes a folder and those that it lies in.
    private static func makeFolder(_ folder: String) throws(SystemError) {
        guard !folder.isEmpty, mkdir(folder, 0o755) != 0, errno != EEXIST else { return }
        guard errno == ENOENT, let slash = folder.lastIndex(of: "/") else { throw .last }
        try makeFolder(String(folder[..<slash]))
        try DiskFiles.check(mkdir(folder, 0o755))
    }
}
