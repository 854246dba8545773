/// Two states of a file as `diff -u` shows them.
enum UnifiedDiff {
    /// Lines shown around a difference.
    private static let context = 3

    private struct Line {
        let mark: Character
        let text: String
    }

    static func text(path: String, before: String?, after: String?) -> String {
        let lines = merged(TextLines.of(before), TextLines.of(after))
        var output = "--- \(before == nil ? "/dev/null" : path)\n+++ \(after == nil ? "/dev/null" : path)\n"
        for hunk in hunks(lines) {
            let shown = lines[hunk]
            let (oldCount, newCount) = (shown.count { $0.mark != "+" }, shown.count { $0.mark != "-" })
            // diff counts lines from 1, and names the line before where there are none.
            let oldStart = lines[..<hunk.lowerBound].count { $0.mark != "+" } + (oldCount > 0 ? 1 : 0)
            let newStart = lines[..<hunk.lowerBound].count { $0.mark != "-" } + (newCount > 0 ? 1 : 0)
            output += "@@ -\(oldStart),\(oldCount) +\(newStart),\(newCount) @@\n"
            output += shown.map { "\($0.mark)\($0.text)\n" }.joined()
        }
        return output
    }

    /// All lines of both, each once: kept, taken away, or added.
    private static func merged(_ before: [String], _ after: [String]) -> [Line] {
        var removed = Set<Int>(), inserted = Set<Int>()
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var lines: [Line] = []
        var (old, new) = (0, 0)
        while old < before.count || new < after.count {
            if removed.contains(old), old < before.count {
                lines.append(Line(mark: "-", text: before[old]))
                old += 1
            } else if inserted.contains(new), new < after.count {
                lines.append(Line(mark: "+", text: after[new]))
                new += 1
            } else {
                lines.append(Line(mark: " ", text: after[new]))
                old += 1
                new += 1
            }
        }
        return lines
    }

    /// Ranges of lines that are near a difference, joined where they touch.
    private static func hunks(_ lines: [Line]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for index in lines.indices where lines[index].mark != " " {
            let range = max(0, index - context)..<min(lines.count, index + context + 1)
            if let last = ranges.last, last.upperBound >= range.lowerBound {
                ranges[ranges.count - 1] = last.lowerBound..<range.upperBound
            } else {
                ranges.append(range)
            }
        }
        return ranges
    }
}
