/// The rules of style that a machine can check. Each takes a source and yields the lines that break it.
enum Rules {
    /// All rules for one file.
    static func check(_ file: SourceFile) -> [Violation] {
        imports(file) + bannedCalls(file) + unexplainedUnsafety(file) + openEnds(file) + length(file) + undocumented(file)
    }

    /// Modules import what the module map allows.
    static func imports(_ file: SourceFile) -> [Violation] {
        guard isProduct(file.path) else { return [] }
        guard let module = ModuleMap.module(of: file.path) else {
            return [
                Violation(path: file.path, line: 1, rule: "this folder is in no module of the module map (StructureTests/ModuleMap.swift)")
            ]
        }
        return violations(file) { code, _ in
            guard let imported = importedModule(code), !module.imports.contains(imported) else { return nil }
            return "\(module.name) may not import \(imported) (StructureTests/ModuleMap.swift)"
        }
    }

    /// Nothing that ends the process from inside a library, and no printing beside the log.
    static func bannedCalls(_ file: SourceFile) -> [Violation] {
        let isCommand = ["shoal", "shoal-tracker", "shoal-sim"].contains(ModuleMap.module(of: file.path)?.name)
        return violations(file) { code, _ in
            if code.contains("try!") { return "no try!; throw, or handle the error" }
            guard isProduct(file.path) else { return nil }
            if calls("fatalError", in: code) { return "no fatalError; throw, or state a precondition with a message" }
            if !isCommand, calls("print", in: code) || calls("debugPrint", in: code) { return "no print outside commands; log instead" }
            return nil
        }
    }

    /// Whatever switches the compiler's checks off says why on the same line.
    static func unexplainedUnsafety(_ file: SourceFile) -> [Violation] {
        violations(file) { code, comment in
            guard let word = ["@unchecked Sendable", "nonisolated(unsafe)"].first(where: code.contains) else { return nil }
            return comment.split(separator: " ").count >= 2 ? nil : "\(word) needs its reason in a // comment on the same line"
        }
    }

    /// No unfinished work in comments.
    static func openEnds(_ file: SourceFile) -> [Violation] {
        let marks = ["TO" + "DO", "FIX" + "ME", "X" + "XX"]
        return violations(file) { _, comment in
            comment.split { !($0.isLetter || $0.isNumber) }.contains { marks.contains(String($0)) }
                ? "no notes of unfinished work; do it, or open an issue" : nil
        }
    }

    /// Files that fit a head.
    static func length(_ file: SourceFile) -> [Violation] {
        file.lines.count <= 401 ? [] : [Violation(path: file.path, line: 401, rule: "no file over 400 lines; split it by topic")]
    }

    /// Public types and functions have a doc comment. Members of an extension that declares a conformance inherit the protocol's.
    static func undocumented(_ file: SourceFile) -> [Violation] {
        guard isProduct(file.path) else { return [] }
        var found: [Violation] = []
        var isConformance = false
        for (index, code) in file.code.enumerated() {
            if code.hasPrefix("extension ") || code.hasPrefix("public extension ") {
                isConformance = code.contains(":") && !code.contains(" where ") || code.contains(": ")
            } else if let first = code.first, first != " ", first != "}", first != "@" {
                isConformance = false
            }
            guard !isConformance, let kind = publicDeclaration(code), !isDocumented(file, index) else { continue }
            found.append(Violation(path: file.path, line: index + 1, rule: "public \(kind) without a doc comment"))
        }
        return found
    }

    /// Sources of products, as opposed to tests and benchmarks.
    private static func isProduct(_ path: String) -> Bool {
        path.hasPrefix("Sources/") || path.hasPrefix("tracker/Sources/") || path.hasPrefix("simulations/Sources/")
    }

    private static func violations(_ file: SourceFile, _ judge: (_ code: String, _ comment: String) -> String?) -> [Violation] {
        zip(file.code, file.comments).enumerated().compactMap { index, line in
            judge(line.0, line.1).map { Violation(path: file.path, line: index + 1, rule: $0) }
        }
    }
}
