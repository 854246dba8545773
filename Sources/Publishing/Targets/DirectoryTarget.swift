import FoundationEssentials
import Glibc

/// A directory for any web server. A file is written under another name, flushed, and renamed.
///
/// Whoever publishes holds a lock on the directory, so the other name may be the same each time: what was broken off is written over.
public struct DirectoryTarget: Sendable {
    public let partBytes: Int
    private let directory: String
    private let lock = DirectoryLock()

    /// The media types of all manifests by path, as nginx's `map` includes them.
    static let typesFile = "manifest-types.map"
    static let typesLimitBytes = 64 << 20

    public init(_ directory: String, partBytes: Int) {
        self.directory = directory
        self.partBytes = partBytes
    }
}

extension DirectoryTarget: PublicationTarget {
    public func open() async throws(PublishError) {
        try makeFolder("\(directory)/v2")
        try lock.take("\(directory)/.lock")
        // What clients ask for first: `/v2/`.
        try write("v2/index.html") { file throws(PublishError) in try file.write(Array("{}".utf8)) }
    }

    public func size(of path: String) async throws(PublishError) -> UInt64? {
        let whole = "\(directory)/\(path)"
        guard LayoutFile.exists(whole) else { return nil }
        let attributes = try? FileManager.default.attributesOfItem(atPath: whole)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else { throw .unwritable(whole, "it is not a file") }
        return attributes?[.size] as? UInt64
    }

    public func put(_ bytes: [UInt8], at path: String, mediaType: String) async throws(PublishError) {
        try write(path) { file throws(PublishError) in try file.write(bytes) }
    }

    public func put(_ file: VerifiedFile, at path: String, sent: @escaping @Sendable (Int) async -> Void) async throws(PublishError) {
        var output = try FileBeingWritten(try prepare(path))
        for index in file.parts.indices {
            if Task.isCancelled { throw .cancelled }
            let bytes = try file.read(part: index)
            try output.write(bytes)
            await sent(bytes.count)
        }
        try output.finish()
    }

    public func note(types: [String: String]) async throws(PublishError) {
        let path = "\(directory)/\(Self.typesFile)"
        var lines: Set<String> = []
        if LayoutFile.exists(path) {
            let text = String(decoding: try LayoutFile.text(path, limitBytes: Self.typesLimitBytes), as: UTF8.self)
            lines = Set(text.split(separator: "\n").map(String.init))
        }
        // A tag may have another type than the last time.
        lines = lines.filter { line in line.split(separator: "\"").first.map { types[String($0.dropFirst())] == nil } ?? false }
        for (path, type) in types { lines.insert("\"/\(path)\" \(type);") }
        let text = lines.sorted().joined(separator: "\n") + "\n"
        try write(Self.typesFile) { file throws(PublishError) in try file.write(Array(text.utf8)) }
    }
}

extension DirectoryTarget {
    private func write(_ path: String, _ body: (inout FileBeingWritten) throws(PublishError) -> Void) throws(PublishError) {
        var file = try FileBeingWritten(try prepare(path))
        try body(&file)
        try file.finish()
    }

    /// Makes the folder of a path.
    private func prepare(_ path: String) throws(PublishError) -> String {
        let whole = "\(directory)/\(path)"
        if let slash = whole.lastIndex(of: "/") { try makeFolder(String(whole[..<slash])) }
        return whole
    }

    private func makeFolder(_ path: String) throws(PublishError) {
        guard access(path, F_OK) != 0 else { return }
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            let code = errno
            throw .unwritable(path, code == 0 ? "\(error)" : String(cString: strerror(code)))
        }
    }
}
