import Yams

extension SettingsFile {
    /// The options that a section stands for, each with its values for all the section's things.
    static func entries(of node: Node, in section: SettingsSection, path: String, keys: [SettingKey]) throws(SettingsError) -> [Entry] {
        guard case .mapping(let things) = node else {
            throw .badValue(path: path, line: node.mark?.line ?? 1, key: section.name, expected: "a mapping of names to settings")
        }
        var entries: [Entry] = []
        for (nameNode, settings) in things {
            let line = nameNode.mark?.line ?? 1
            guard let thing = text(of: nameNode), case .mapping(let settings) = settings else {
                let name = "\(section.name).\(nameNode.scalar?.string ?? "?")"
                throw .badValue(path: path, line: line, key: name, expected: "a mapping of settings to values")
            }
            for (key, value) in settings {
                let entry = try entry(key, value, of: thing, in: section, path: path, keys: keys)
                if let place = entries.firstIndex(where: { $0.key == entry.key }) {
                    let first = entries[place]
                    entries[place] = Entry(key: first.key, values: first.values + entry.values, line: first.line)
                } else {
                    entries.append(entry)
                }
            }
        }
        return entries
    }

    private static func entry(
        _ keyNode: Node, _ value: Node, of thing: String, in section: SettingsSection, path: String, keys: [SettingKey]
    ) throws(SettingsError) -> Entry {
        let line = keyNode.mark?.line ?? 1
        let key = keyNode.scalar?.string ?? "?"
        let place = "\(section.name).\(thing).\(key)"
        let known = section.keys(among: keys)
        guard known.contains(key) else {
            throw .unknownKey(path: path, line: line, key: place, nearest: NearestName.of(key, among: known))
        }
        if case .mapping = value { throw .badValue(path: path, line: line, key: place, expected: "a value or a list of values") }
        guard let values = texts(of: value, for: .values), !values.isEmpty else {
            throw .badValue(path: path, line: line, key: place, expected: "a value or a list of values")
        }
        return Entry(key: section.optionName(of: key), values: values.map { "\(thing)=\($0)" }, line: line)
    }
}
