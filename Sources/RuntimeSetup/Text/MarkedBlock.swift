/// Lines of ours in a file of somebody else's, between two comments, so that they can be found again and taken out.
///
///     # shoal setup: begin docker.io
///     ...
///     # was: config_path = ""
///     # shoal setup: end
///
/// A line that ours replace stays in the block behind `# was: `, and comes back when the block goes.
struct MarkedBlock {
    private static let begin = "# shoal setup: begin"
    private static let end = "# shoal setup: end"
    private static let was = "# was: "

    /// What it is about; empty when a file has only one.
    let name: String
    let lines: [String]
    var replaced: [String] = []

    /// The block as lines of the file.
    var text: [String] {
        [Self.begin + (name.isEmpty ? "" : " \(name)")] + replaced.map { Self.was + $0 } + lines + [Self.end]
    }

    /// A file's lines without the blocks of a name, or without all. What they replaced is back.
    static func without(_ name: String?, in lines: [String]) -> [String] {
        var kept: [String] = []
        var isInside = false
        for line in lines {
            if line.hasPrefix(begin), name == nil || line.dropFirst(begin.count).drop(while: { $0 == " " }) == name ?? "" {
                isInside = true
            } else if isInside, line == end {
                isInside = false
            } else if !isInside {
                kept.append(line)
            } else if line.hasPrefix(was) {
                kept.append(String(line.dropFirst(was.count)))
            }
        }
        return kept
    }

    /// The name of every block.
    static func names(in lines: [String]) -> [String] {
        lines.filter { $0.hasPrefix(begin) }.map { String($0.dropFirst(begin.count).drop(while: { $0 == " " })) }
    }
}
