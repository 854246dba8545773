import Glibc

/// A directory of the store, and what is done to the names in it.
struct Directory: Sendable {
    let path: String

    func path(of name: String) -> String { path + "/" + name }

    /// Makes the directory, and those above it, unless they exist.
    func create() throws(BlobStoreError) {
        if mkdir(path, 0o755) == 0 { return }
        switch errno {
        case EEXIST:
            var status = stat()
            guard stat(path, &status) == 0 else { throw BlobStoreError(errno: errno, "looking at", path) }
            guard status.st_mode & S_IFMT == S_IFDIR else { throw BlobStoreError.notADirectory(path: path) }
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { throw BlobStoreError(errno: ENOENT, "making", path) }
            try Directory(path: String(path[..<slash])).create()
            guard mkdir(path, 0o755) == 0 || errno == EEXIST else { throw BlobStoreError(errno: errno, "making", path) }
        default: throw BlobStoreError(errno: errno, "making", path)
        }
    }

    /// Names of the regular files and their sizes in bytes, in the order of the names.
    func files() throws(BlobStoreError) -> [(name: String, size: UInt64)] {
        guard let stream = opendir(path) else { throw BlobStoreError(errno: errno, "listing", path) }
        defer { closedir(stream) }
        var found: [(name: String, size: UInt64)] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            var status = stat()
            guard lstat(self.path(of: name), &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
            found.append((name, UInt64(status.st_size)))
        }
        return found.sorted { $0.name < $1.name }
    }

    /// Puts what was renamed into or removed from the directory on the disk.
    func sync() throws(BlobStoreError) {
        let descriptor = retrying { open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw BlobStoreError(errno: errno, "opening", path) }
        defer { close(descriptor) }
        guard retrying({ fsync(descriptor) }) == 0 else { throw BlobStoreError(errno: errno, "flushing", path) }
    }

    /// Removes a file; one that is gone already is no error.
    static func remove(_ path: String) throws(BlobStoreError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw BlobStoreError(errno: errno, "removing", path) }
    }

    /// Moves a file to another name of the same file system, at once; what had that name is replaced.
    static func rename(_ source: String, to target: String) throws(BlobStoreError) {
        guard Glibc.rename(source, target) == 0 else { throw BlobStoreError(errno: errno, "renaming \(source) to", target) }
    }

    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
