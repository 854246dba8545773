/// One `hosts.toml` of containerd: where images of one registry, or of all, come from, in order.
enum HostsFile {
    /// The text with the agent as its first host; the text itself if it is there already.
    /// - Parameters:
    ///   - text: what the file holds; nil when it has to be made.
    ///   - mirror: the agent's URL.
    ///   - server: the registry's own URL, for a new file.
    static func adding(_ mirror: String, to text: String?, server: String?, file: String) throws(SetupError) -> String {
        let lines = TextLines.of(text)
        if let first = try firstHost(lines, file: file), first == mirror || first == "\(mirror)/", let text { return text }
        var kept = MarkedBlock.without(nil, in: lines)
        let host = ["[host.\"\(mirror)\"]", "  capabilities = [\"pull\", \"resolve\"]"]
        let isNew = kept.allSatisfy { $0.allSatisfy(\.isWhitespace) }
        let outline = try TOMLOutline(kept, file: file)
        let head = isNew ? server.map { ["server = \"\($0)\"", ""] } ?? [] : []
        let block = MarkedBlock(name: "", lines: head + host)
        // Hosts are tried in the order of the file.
        let place = outline.tables.first { $0.path.first == "host" }?.line ?? kept.count
        kept.insert(contentsOf: block.text, at: isNew ? 0 : place)
        return TextLines.text(isNew ? block.text : kept)
    }

    /// The text without what `adding` added; nil when nothing else is in it.
    static func removing(from text: String) -> String? {
        let lines = TextLines.of(text)
        let kept = MarkedBlock.without(nil, in: lines)
        return kept == lines ? text : TextLines.textOrNothing(kept)
    }

    /// The URL of its first host; nil when it has none.
    static func firstHost(_ lines: [String], file: String) throws(SetupError) -> String? {
        try TOMLOutline(lines, file: file).tables.first { $0.path.count == 2 && $0.path[0] == "host" }?.path[1]
    }
}
