extension Rules {
    /// The module that a line imports: `public import struct A.B` is `A`.
    static func importedModule(_ code: String) -> String? {
        guard code.contains("import") else { return nil }
        var words = code.split(whereSeparator: \.isWhitespace)[...]
        let modifiers: Set<Substring> = ["public", "package", "internal", "private", "fileprivate"]
        while let word = words.first, word.hasPrefix("@") || modifiers.contains(word) { words.removeFirst() }
        guard words.popFirst() == "import" else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        if let word = words.first, kinds.contains(word), words.count > 1 { words.removeFirst() }
        return words.first?.split(separator: ".").first.map(String.init)
    }

    /// Whether a line calls a free function: the name, a parenthesis after it, and neither a dot nor `func` before it.
    static func calls(_ name: String, in code: String) -> Bool {
        var rest = code[...]
        while let range = rest.firstRange(of: "\(name)(") {
            let before = code[..<range.lowerBound]
            let follows = before.last.map { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." || $0 == "`" } ?? false
            if !follows, !before.hasSuffix("func ") { return true }
            rest = rest[range.upperBound...]
        }
        return false
    }

    /// What a line declares as public: `struct`, `func` and so on; `nil` if nothing, or nothing that needs words. An initialiser's
    /// parameters are the properties of its type, which have their own.
    static func publicDeclaration(_ code: String) -> String? {
        guard code.contains("public ") else { return nil }
        let words = code.split { $0.isWhitespace || $0 == "(" || $0 == "<" || $0 == ":" }
        guard let place = words.firstIndex(of: "public"), words[..<place].allSatisfy({ $0.hasPrefix("@") }) else { return nil }
        let modifiers: Set<Substring> = [
            "static", "final", "indirect", "mutating", "nonmutating", "consuming", "borrowing", "nonisolated", "override", "convenience",
            "required", "prefix", "postfix", "infix", "dynamic", "class",
        ]
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "actor", "func"]
        let declared = words[(place + 1)...].drop { modifiers.contains($0) && $0 != "class" || $0.hasPrefix("@") }
        guard let kind = declared.first, kinds.contains(kind) else { return nil }
        let name = declared.dropFirst().first ?? ""
        if standardWitnesses.contains(name) || isOperator(code) { return nil }
        return String(kind)
    }

    /// Whether a line declares an operator; its protocol describes it.
    private static func isOperator(_ code: String) -> Bool {
        guard let range = code.firstRange(of: "func "), let first = code[range.upperBound...].first else { return false }
        return !(first.isLetter || first == "_" || first == "`")
    }

    /// Functions and types that the standard library's protocols ask for and describe.
    private static let standardWitnesses: Set<Substring> = [
        "hash", "encode", "next", "index", "makeIterator", "makeAsyncIterator", "Iterator", "AsyncIterator", "callAsFunction", "enqueue",
        "asUnownedSerialExecutor",
        "isIsolatingCurrentContext",
    ]

    /// Whether a doc comment stands before a line, with nothing but attributes between them.
    static func isDocumented(_ file: SourceFile, _ index: Int) -> Bool {
        var index = index - 1
        while index >= 0, file.code[index].drop(while: \.isWhitespace).hasPrefix("@") { index -= 1 }
        guard index >= 0 else { return false }
        let line = file.lines[index].drop(while: \.isWhitespace)
        return line.hasPrefix("///") || line.hasSuffix("*/")
    }
}
