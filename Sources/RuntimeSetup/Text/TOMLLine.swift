/// A cursor in one line of TOML that knows whether a string or an array is open at its end.
struct TOMLLine {
    private var rest: Substring
    /// Brackets and braces that are open.
    private var depth = 0
    /// The three quotes that will end the string that is open.
    private var openString: String?

    init(_ text: String) { rest = text[...] }

    var next: Character? { rest.first }

    var isBalanced: Bool { depth <= 0 && openString == nil }

    mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\t" || $0 == "\r" } }

    mutating func take(_ character: Character) -> Bool {
        skipSpace()
        guard rest.first == character else { return false }
        rest.removeFirst()
        return true
    }

    /// `[a.b]` or `[[a.b]]`.
    mutating func header() -> (path: [String], isArrayElement: Bool)? {
        guard take("[") else { return nil }
        let isArrayElement = rest.first == "["
        if isArrayElement { rest.removeFirst() }
        guard let path = key(), take("]"), !isArrayElement || take("]") else { return nil }
        skipSpace()
        guard rest.isEmpty || rest.first == "#" else { return nil }
        return (path, isArrayElement)
    }

    /// Parts with dots between them, bare or in quotes.
    mutating func key() -> [String]? {
        var path: [String] = []
        repeat {
            skipSpace()
            guard let part = keyPart() else { return nil }
            path.append(part)
        } while take(".")
        return path
    }

    private mutating func keyPart() -> String? {
        guard let quote = rest.first, quote == "\"" || quote == "'" else {
            let bare = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }
            rest = rest.dropFirst(bare.count)
            return bare.isEmpty ? nil : String(bare)
        }
        rest.removeFirst()
        guard let end = rest.firstIndex(of: quote) else { return nil }
        let part = String(rest[..<end])
        rest = rest[rest.index(after: end)...]
        return part
    }

    /// The value as it is written, as far as it stands in this line.
    mutating func value() -> String {
        let start = rest
        var end = rest.endIndex
        scan(commentAt: &end)
        var value = start[..<end]
        while value.last?.isWhitespace == true { value.removeLast() }
        return String(value)
    }

    /// The next line of a value that is not at its end.
    mutating func goOn(_ text: String) {
        rest = text[...]
        var end = rest.endIndex
        scan(commentAt: &end)
    }

    private mutating func scan(commentAt end: inout String.Index) {
        while let character = rest.first {
            if let quotes = openString {
                if rest.hasPrefix(quotes) {
                    rest = rest.dropFirst(quotes.count)
                    openString = nil
                } else {
                    // A backslash hides what follows it, but not in a literal string.
                    rest = rest.dropFirst(character == "\\" && quotes.first == "\"" ? 2 : 1)
                }
                continue
            }
            switch character {
            case "#":
                end = rest.startIndex
                rest = rest[rest.endIndex...]
            case "\"", "'":
                let triple = String(repeating: character, count: 3)
                openString = rest.hasPrefix(triple) ? triple : String(character)
                rest = rest.dropFirst(openString?.count ?? 1)
            case "[", "{":
                depth += 1
                rest.removeFirst()
            case "]", "}":
                depth -= 1
                rest.removeFirst()
            default: rest.removeFirst()
            }
        }
        // A string between single marks ends with its line, closed or not.
        if openString?.count == 1 { openString = nil }
    }
}
