import FoundationEssentials
import Yams

/// The settings file: a YAML mapping from option names to values.
///
///     default-registry: ghcr.io
///     tracker: [a:7600, b:7600]
///     registry:
///       docker.io: http://127.0.0.1:5001
///
/// What is said about registries may also stand together, by registry (`SettingsSection`).
///
/// Scalars are taken as they are written, so `zone: 012` is the text `012`. A list, or a mapping (read as `KEY=VALUE` each), is
/// allowed where the option is repeatable.
public struct SettingsFile: Sendable, Hashable {
    /// One key of the file.
    public struct Entry: Sendable, Hashable {
        /// The option's name.
        public let key: String
        /// Its values as text, in the order of the file.
        public let values: [String]
        /// Where the key stands, counted from 1.
        public let line: Int
    }

    /// What the file was called, for messages.
    public let path: String
    /// The keys in the order of the file, each known and at most once.
    public let entries: [Entry]

    /// The largest file that is read.
    public static let limitBytes = 64 * 1024

    /// Reads and checks a file.
    /// - Throws: `SettingsError` that names the file, and the line and the key where there is one.
    public init(path: String, keys: [SettingKey]) throws(SettingsError) {
        try self.init(text: Self.read(path), path: path, keys: keys)
    }

    /// Checks a text that was read from `path`.
    public init(text: String, path: String, keys: [SettingKey]) throws(SettingsError) {
        guard text.utf8.count <= Self.limitBytes else { throw .fileTooLarge(path: path, limitBytes: Self.limitBytes) }
        guard Self.aliasCount(text) <= Self.limitAliases else {
            throw .malformedFile(path: path, line: nil, reason: "it has more than \(Self.limitAliases) aliases (*name)")
        }
        self.path = path
        self.entries = try Self.entries(of: Self.parse(text, path: path), path: path, keys: keys)
    }

    /// Aliases of aliases grow a document exponentially, and the YAML library compares what they stand for when they are keys.
    private static let limitAliases = 16

    /// What may be an alias: an asterisk before a word, and not inside one.
    private static func aliasCount(_ text: String) -> Int {
        let bytes = Array(text.utf8)
        func isWord(_ index: Int) -> Bool {
            guard bytes.indices.contains(index) else { return false }
            return bytes[index] > 0x20 && !"[]{},:-?*".utf8.contains(bytes[index])
        }
        return bytes.indices.count { bytes[$0] == UInt8(ascii: "*") && isWord($0 + 1) && !isWord($0 - 1) }
    }

    private static func read(_ path: String) throws(SettingsError) -> String {
        let bytes: [UInt8]
        do {
            bytes = try FileReader(path: path).read(limitBytes: limitBytes + 1)
        } catch {
            throw .unreadableFile(path: path, reason: error.description)
        }
        guard bytes.count <= limitBytes else { throw .fileTooLarge(path: path, limitBytes: limitBytes) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .malformedFile(path: path, line: nil, reason: "it is not UTF-8 text")
        }
        return text
    }

    /// - Returns: the mapping at the top; `nil` for an empty file.
    private static func parse(_ text: String, path: String) throws(SettingsError) -> Node.Mapping? {
        do {
            guard let top = try Parser(yaml: text).singleRoot() else { return nil }
            if case .scalar(let scalar) = top, scalar.string.isEmpty { return nil }
            guard case .mapping(let mapping) = top else {
                throw SettingsError.malformedFile(path: path, line: top.mark?.line, reason: "write one 'option: value' a line")
            }
            return mapping
        } catch let error as SettingsError {
            throw error
        } catch let error as YamlError {
            throw error.settingsError(path: path, text: text)
        } catch {
            throw .malformedFile(path: path, line: nil, reason: String(describing: error))
        }
    }

    private static func entries(of mapping: Node.Mapping?, path: String, keys: [SettingKey]) throws(SettingsError) -> [Entry] {
        var entries: [Entry] = []
        for (keyNode, value) in mapping ?? [:] {
            let line = keyNode.mark?.line ?? 1
            guard let name = keyNode.scalar?.string else {
                throw .malformedFile(path: path, line: line, reason: "a key must be the name of an option")
            }
            if let section = SettingsSection.all.first(where: { $0.name == name }), !section.keys(among: keys).isEmpty {
                for entry in try Self.entries(of: value, in: section, path: path, keys: keys) { try add(entry, to: &entries, path) }
                continue
            }
            guard let key = keys.first(where: { $0.name == name }), name != SettingKey.configName else {
                let names = keys.map(\.name).filter { $0 != SettingKey.configName }
                throw .unknownKey(path: path, line: line, key: name, nearest: NearestName.of(name, among: names))
            }
            guard let values = texts(of: value, for: key.kind), !values.isEmpty else {
                throw .badValue(path: path, line: line, key: name, expected: key.kind.expectation)
            }
            try add(Entry(key: name, values: values, line: line), to: &entries, path)
        }
        return entries
    }

    private static func add(_ entry: Entry, to entries: inout [Entry], _ path: String) throws(SettingsError) {
        guard !entries.contains(where: { $0.key == entry.key }) else {
            throw .duplicateKey(path: path, line: entry.line, key: entry.key)
        }
        entries.append(entry)
    }

    /// - Returns: the values as text; `nil` if the shape does not fit the option. An empty list says "none" and fits no option.
    static func texts(of node: Node, for kind: SettingKey.Kind) -> [String]? {
        switch (node, kind) {
        case (.scalar(let scalar), .flag): SettingKey.boolean(scalar.string).map { [$0 ? "true" : "false"] }
        case (.scalar, _): text(of: node).map { [$0] }
        case (.sequence(let list), .values): allOrNone(list.map(text))
        case (.mapping(let pairs), .values):
            allOrNone(
                pairs.map { key, value in
                    guard let key = text(of: key), let value = text(of: value) else { return nil }
                    return "\(key)=\(value)"
                })
        default: nil
        }
    }

    /// - Returns: a scalar's text as written; `nil` for nothing at all (`key:` without a value) and for anything nested.
    static func text(of node: Node) -> String? {
        guard case .scalar(let scalar) = node else { return nil }
        if scalar.string.isEmpty, scalar.style == .plain || scalar.style == .any { return nil }
        return scalar.string
    }

    private static func allOrNone(_ values: [String?]) -> [String]? {
        let present = values.compactMap { $0 }
        return present.count == values.count ? present : nil
    }
}
