/// One file in the format of `registries.conf` (containers-registries.conf(5), version 2).
struct RegistriesConf {
    private let file: String
    private let text: String
    private let lines: [String]
    private let outline: TOMLOutline

    init(_ text: String?, file: String) throws(SetupError) {
        self.file = file
        self.text = text ?? ""
        lines = TextLines.of(text)
        outline = try TOMLOutline(lines, file: file)
    }

    /// Index in the outline of the table for images whose names begin with `registry`.
    private func table(of registry: String) -> Int? {
        outline.tables.indices.last { self.registry(of: $0) == registry }
    }

    /// Whether there is a table for the registry that is not ours.
    func has(_ registry: String) throws(SetupError) -> Bool {
        try RegistriesConf(TextLines.text(MarkedBlock.without(nil, in: lines)), file: file).table(of: registry) != nil
    }

    /// The text with the agent as the first mirror of the registry, in its table if there is one, else in a new one.
    /// - Parameters:
    ///   - mirror: HOST:PORT.
    ///   - isInsecure: whether it speaks plain HTTP.
    func adding(_ mirror: String, for registry: String, isInsecure: Bool) throws(SetupError) -> String {
        if points(registry, at: mirror, isInsecure) { return text }
        let kept = MarkedBlock.without(registry, in: lines)
        let rest = try RegistriesConf(TextLines.text(kept), file: file)
        guard let table = rest.table(of: registry) else {
            guard !registry.contains(":") else { throw .portInPath(registry: registry) }
            let block = ["[[registry]]", "location = \"\(registry)\""] + Self.mirror("\(mirror)/\(registry)", isInsecure)
            return TextLines.text(kept + MarkedBlock(name: registry, lines: block).text)
        }
        guard let path = rest.path(of: table) else { throw .portInPath(registry: registry) }
        let last = rest.outline.keys(of: table).map(\.lines.upperBound).max() ?? rest.outline.tables[table].line
        let place = last + 1
        let block = MarkedBlock(name: registry, lines: Self.mirror("\(mirror)/\(path)", isInsecure)).text
        return TextLines.text(Array(kept[..<place]) + block + kept[place...])
    }

    /// The text without what `adding` added; nil when nothing else is in it.
    func removing() -> String? {
        let kept = MarkedBlock.without(nil, in: lines)
        return kept == lines ? text : TextLines.textOrNothing(kept)
    }

    /// The first mirror of each registry that has one.
    ///
    /// - Parameter areInsecure: whether they must be said to be, because they speak plain HTTP.
    func firstMirrors(areInsecure: Bool) -> [FirstMirror] {
        outline.tables.indices.compactMap { table in
            guard let registry = registry(of: table), let mirror = firstMirror(of: table) else { return nil }
            var found = FirstMirror(registry: registry, address: FirstMirror.address(mirror.location), file: file)
            if areInsecure, !mirror.isInsecure { found.obstacle = "the mirror is not insecure = true, so plain HTTP is not tried" }
            return found
        }
    }

    /// What a `[[registry]]` table is for; nil for any other table.
    private func registry(of table: Int) -> String? {
        guard outline.tables[table].path == ["registry"] else { return nil }
        let keys = outline.keys(of: table)
        return (keys.first { $0.path.last == "prefix" } ?? keys.first { $0.path.last == "location" })?.string
    }

    /// The tools replace what the table is for by the mirror's location. So the agent has to see what they would have asked for, or, if that has
    /// a port, which no path can have, what the user asked for.
    private func path(of table: Int) -> String? {
        [location(of: table), registry(of: table)].compactMap(\.self).first { !$0.contains(":") }
    }

    private func location(of table: Int) -> String? { outline.keys(of: table).first { $0.path.last == "location" }?.string }

    /// Where the tools themselves look for a registry that the agent only hears the name of.
    func hiddenLocation(of registry: String) -> String? {
        guard let table = table(of: registry), let location = location(of: table), location.contains(":") else { return nil }
        return location
    }

    private func firstMirror(of table: Int) -> (location: String, isInsecure: Bool)? {
        guard table + 1 < outline.tables.count, outline.tables[table + 1].path == ["registry", "mirror"] else { return nil }
        let keys = outline.keys(of: table + 1)
        guard let location = keys.first(where: { $0.path.last == "location" })?.string else { return nil }
        return (location, keys.contains { $0.path.last == "insecure" && $0.value == "true" })
    }

    /// Whether the registry's first mirror is the agent.
    private func points(_ registry: String, at mirror: String, _ isInsecure: Bool) -> Bool {
        guard let table = table(of: registry), let first = firstMirror(of: table), let path = path(of: table) else { return false }
        return first.isInsecure == isInsecure && first.location == "\(mirror)/\(path)"
    }

    private static func mirror(_ location: String, _ isInsecure: Bool) -> [String] {
        ["[[registry.mirror]]", "location = \"\(location)\""] + (isInsecure ? ["insecure = true"] : [])
    }
}
