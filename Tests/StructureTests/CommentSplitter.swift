/// Splits Swift text into code and comments, one character at a time.
///
/// It knows nested block comments, and plain, multi-line and raw strings. An interpolation counts as part of its string, up to a quote
/// inside it; that is exact enough for rules about words.
struct CommentSplitter {
    private enum State: Equatable {
        case code
        case lineComment
        case blockComment(depth: Int)
        case string(delimiter: String)
    }

    private(set) var code: [String] = []
    private(set) var comments: [String] = []
    private var state = State.code
    private var codeLine = ""
    private var commentLine = ""
    /// What was read of the current line, to recognise delimiters by their ends.
    private var recent = ""
    private var isEscaped = false
    private var depth = 0

    mutating func take(_ character: Character) {
        if character == "\n" { return endLine() }
        recent.append(character)
        switch state {
        case .code: takeCode(character)
        case .lineComment: commentLine.append(character)
        case .blockComment(let depth): takeBlockComment(character, depth)
        case .string(let delimiter): takeString(character, delimiter)
        }
    }

    mutating func finish() { endLine() }

    private mutating func endLine() {
        code.append(codeLine)
        comments.append(commentLine)
        codeLine = ""
        commentLine = ""
        recent = ""
        isEscaped = false
        depth = 0
        switch state {
        case .lineComment: state = .code
        // A one-line string cannot go on: a quote in a regular expression opened it.
        case .string(let delimiter) where !delimiter.contains("\"\"\""): state = .code
        default: break
        }
    }

    private mutating func takeCode(_ character: Character) {
        codeLine.append(character)
        if recent.hasSuffix("//") {
            codeLine.removeLast(2)
            state = .lineComment
        } else if recent.hasSuffix("/*") {
            codeLine.removeLast(2)
            recent = ""
            state = .blockComment(depth: 1)
        } else if character == "\"" {
            let marks = recent.reversed().prefix { $0 == "\"" }.count
            let hashes = recent.dropLast(marks).reversed().prefix { $0 == "#" }.count
            guard marks == 1 || marks == 3 else { return }
            state = .string(delimiter: String(repeating: "\"", count: marks) + String(repeating: "#", count: hashes))
            isEscaped = false
        }
    }

    private mutating func takeBlockComment(_ character: Character, _ depth: Int) {
        commentLine.append(character)
        if recent.hasSuffix("*/") {
            recent = ""
            state = depth == 1 ? .code : .blockComment(depth: depth - 1)
        } else if recent.hasSuffix("/*") {
            recent = ""
            state = .blockComment(depth: depth + 1)
        }
    }

    private mutating func takeString(_ character: Character, _ delimiter: String) {
        if delimiter == "\"", character == "\"", recent.hasSuffix("\"\"") {
            // Two marks and a third to come begin a multi-line string; without it they were an empty string.
            codeLine.append(character)
            state = .code
            return
        }
        if isEscaped {
            isEscaped = false
            if character == "(" { depth += 1 }
            return
        }
        if depth > 0 {
            if character == "(" { depth += 1 } else if character == ")" { depth -= 1 }
            return
        }
        if character == "\\", !delimiter.hasSuffix("#") {
            isEscaped = true
        } else if recent.hasSuffix(delimiter), !(delimiter.hasPrefix("\"\"\"") && recent.count < 3) {
            codeLine.append(delimiter)
            recent = ""
            state = .code
        }
    }
}
