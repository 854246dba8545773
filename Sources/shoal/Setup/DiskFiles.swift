import FoundationEssentials
import Glibc
import Operations
import RuntimeSetup

/// Runtimes' settings on this machine.
struct DiskFiles: ConfigurationFiles {
    /// Larger than any settings; what is larger is something else.
    private static let limitBytes = 1 << 20

    func text(at path: String) throws(SetupError) -> String? {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try FileReader(path: path).read(limitBytes: Self.limitBytes + 1)
        } catch {
            if error.code == ENOENT { return nil }
            throw .unreadable(path: path, reason: "\(error)")
        }
        guard bytes.count <= Self.limitBytes else { throw .unreadable(path: path, reason: "it has more than \(Self.limitBytes) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .unreadable(path: path, reason: "it is not UTF-8 text") }
        return text
    }

    func names(in folder: String) throws(SetupError) -> [String] {
        guard access(folder, R_OK | X_OK) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return [] }
            throw .unreadable(path: folder, reason: "\(SystemError.last)")
        }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        } catch {
            throw .unreadable(path: folder, reason: "\(error)")
        }
    }

    /// Makes the file what the change says, in one step.
    func make(_ change: FileChange) throws(SetupError) {
        do throws(SystemError) {
            // Where a symbolic link leads: the link stays one.
            let path = Self.resolved(change.path)
            if let after = change.after {
                try SettingsReplacement(path: path).write(after)
            } else {
                try Self.check(unlink(path))
                // A registry's folder that was made for this file is empty now; one with anything in it stays.
                if path.hasSuffix("/hosts.toml") { rmdir(String(path.dropLast("/hosts.toml".count))) }
            }
        } catch {
            throw .unwritable(path: change.path, reason: "\(error)")
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    static func check(_ result: CInt) throws(SystemError) {
        if result != 0 { throw .last }
    }
}
