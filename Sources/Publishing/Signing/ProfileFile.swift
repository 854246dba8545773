/// A file of profiles: `[name]` or `[profile name]`, then `key = value` lines. What is nested below a key is skipped.
struct ProfileFile: Sendable, Hashable {
    private var profiles: [String: [String: String]] = [:]

    init(_ text: String) {
        var profile: String?
        for line in text.split(whereSeparator: \.isNewline) {
            guard let first = line.first, first != "#", first != ";", first != " ", first != "\t" else { continue }
            if first == "[" {
                let words = line.dropFirst().prefix { $0 != "]" }.split(separator: " ")
                // `config` has `[profile name]`, `credentials` has `[name]`; other sections have two words too.
                profile = words.count == 1 ? String(words[0]) : words.count == 2 && words[0] == "profile" ? String(words[1]) : nil
                if let profile, profiles[profile] == nil { profiles[profile] = [:] }
            } else if let profile, let equals = line.firstIndex(of: "=") {
                let value = Self.trimmed(line[line.index(after: equals)...])
                if !value.isEmpty { profiles[profile]?[Self.trimmed(line[..<equals]).lowercased()] = value }
            }
        }
    }

    func has(_ profile: String) -> Bool { profiles[profile] != nil }

    func value(of key: String, in profile: String) -> String? { profiles[profile]?[key] }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
