/// The part of containerd's `config.toml` that tells its CRI where to look for hosts.toml.
struct ContainerdConfig {
    private let file: String
    private let text: String?
    private let lines: [String]
    private let outline: TOMLOutline
    /// The table that has `config_path`.
    private let registry: [String]

    init(_ text: String?, file: String) throws(SetupError) {
        self.file = file
        self.text = text
        lines = TextLines.of(text)
        outline = try TOMLOutline(lines, file: file)
        // Versions 1 and 2 are containerd 1's, which 2 understands too; 3 is its own.
        switch outline.key(["version"])?.value {
        case _ where lines.isEmpty: registry = ["plugins", "io.containerd.grpc.v1.cri", "registry"]
        case nil, "1": registry = ["plugins", "cri", "registry"]
        case "2": registry = ["plugins", "io.containerd.grpc.v1.cri", "registry"]
        case "3": registry = ["plugins", "io.containerd.cri.v1.images", "registry"]
        case let version?:
            throw .malformed(path: file, line: nil, reason: "version \(version) is none that is known here (1, 2 and 3 are)")
        }
    }

    private var path: TOMLOutline.Key? { outline.key(registry + ["config_path"]) }

    /// Where the CRI looks for hosts.toml; nil when it does not. Of several folders the first.
    var hostsFolder: String? {
        guard let value = path?.string, let first = value.split(separator: ":").first else { return nil }
        return first.count > 1 && first.last == "/" ? String(first.dropLast()) : String(first)
    }

    /// Whether the CRI is switched off, as in the packages of Docker, Inc.
    var isDisabled: Bool {
        guard let disabled = outline.key(["disabled_plugins"]) else { return false }
        return lines[disabled.lines].contains { $0.contains("\"cri\"") || $0.contains(".cri\"") }
    }

    /// The text with `config_path`, if it has none.
    func adding(_ folder: String) throws(SetupError) -> String {
        try refuseConflicts()
        if hostsFolder != nil, let text { return text }
        let setting = "  config_path = \"\(folder)\""
        var changed = lines
        if let path {
            let block = MarkedBlock(name: "", lines: [setting], replaced: Array(lines[path.lines]))
            changed.replaceSubrange(path.lines, with: block.text)
        } else if let table = outline.tables.first(where: { $0.path == registry }) {
            changed.insert(contentsOf: MarkedBlock(name: "", lines: [setting]).text, at: table.line + 1)
        } else {
            let version = lines.isEmpty ? ["version = 2", ""] : []
            let header = "[plugins.\(registry[1].contains(".") ? "\"\(registry[1])\"" : registry[1]).registry]"
            changed += MarkedBlock(name: "", lines: version + [header, setting]).text
        }
        return TextLines.text(changed)
    }

    /// The text without what `adding` added; nil when nothing else is in it.
    func removing() -> String? {
        let kept = MarkedBlock.without(nil, in: lines)
        return kept == lines ? text : TextLines.textOrNothing(kept)
    }

    /// What containerd refuses beside `config_path`, and tables written as values, to which no line can be added.
    private func refuseConflicts() throws(SetupError) {
        let sections =
            outline.tables.map { (path: $0.path, line: $0.line) } + outline.keys.map { (path: $0.path, line: $0.lines.lowerBound) }
        for (path, line) in sections where path.starts(with: registry) && path.count > registry.count {
            let rest = path.dropFirst(registry.count)
            guard rest.first == "mirrors" || rest.first == "configs" && rest.contains("tls") else { continue }
            throw .conflict(
                path: file, line: line + 1, setting: path.dropFirst(registry.count - 1).joined(separator: "."),
                remedy: "containerd's CRI does not start with this and config_path: move it into hosts.toml files "
                    + "(github.com/containerd/containerd/blob/main/docs/hosts.md), then run this again")
        }
        for key in outline.keys where registry.starts(with: key.path) {
            throw .conflict(
                path: file, line: key.lines.lowerBound + 1, setting: key.path.joined(separator: "."),
                remedy: "it is written as a value, to which nothing can be added: make it a table, or set config_path in it")
        }
    }
}
