import Foundation

/// The repository's files, found from the place of this file.
struct SourceTree {
    /// The folder of Package.swift.
    let root: URL

    /// The tree that this test belongs to; `SHOAL_STRUCTURE_ROOT` names another one to try the rules on.
    static var here: SourceTree {
        if let other = ProcessInfo.processInfo.environment["SHOAL_STRUCTURE_ROOT"] { return SourceTree(root: URL(fileURLWithPath: other)) }
        let file = URL(fileURLWithPath: #filePath)
        return SourceTree(root: file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent())
    }

    /// Every Swift source of ours.
    func swiftFiles() throws -> [SourceFile] {
        try texts { $0.hasSuffix(".swift") }.map { SourceFile(path: $0.path, text: $0.text) }
    }

    /// The files whose name passes, with their text, in the order of their paths. Build products, hidden folders but `.ci`, and what is not
    /// UTF-8 or larger than a megabyte are left out.
    func texts(where passes: (String) -> Bool) throws -> [(path: String, text: String)] {
        guard let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: [.isRegularFileKey, .fileSizeKey]) else {
            return []
        }
        var found: [(path: String, text: String)] = []
        let prefix = root.standardizedFileURL.path + "/"
        for case let url as URL in walk {
            let name = url.lastPathComponent
            if name.hasPrefix(".build") || [".git", ".swiftpm", "node_modules"].contains(name) {
                walk.skipDescendants()
                continue
            }
            let values = try url.resourceValues(forKeys: [.isRegularFileKey, .fileSizeKey])
            guard values.isRegularFile == true, (values.fileSize ?? 0) <= 1 << 20, passes(name) else { continue }
            guard let text = String(validating: try Data(contentsOf: url), as: UTF8.self) else { continue }
            found.append((String(url.standardizedFileURL.path.dropFirst(prefix.count)), text))
        }
        return found.sorted { $0.path < $1.path }
    }
}
