/// Paths of one person's machine that must not be in the repository, in any text file.
enum MachinePaths {
    /// The last two only with something below them: a container's `passwd` names them too.
    private static let folders = ["work", "root/", "home/"]

    /// Finds absolute paths into such folders.
    static func check(path: String, text: String) -> [Violation] {
        text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap { index, line in
            folders.filter { mentions("/\($0)", in: line) }.map {
                Violation(path: path, line: index + 1, rule: "no path of a particular machine (/\($0))")
            }
        }
    }

    /// Whether the folder is named as an absolute path: nothing of a longer path before it, and an end or a slash behind it.
    private static func mentions(_ folder: String, in line: Substring) -> Bool {
        var rest = line
        while let range = rest.firstRange(of: folder) {
            let before = line[..<range.lowerBound].last
            let after = line[range.upperBound...].first
            let isContinued = before.map { $0.isLetter || $0.isNumber || "_-.}/$*~])".contains($0) } ?? false
            let isLonger = folder.last != "/" && after.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" } ?? false
            if !isContinued, !isLonger { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }
}
