/// Where the tables and keys of a TOML document stand, line by line, so that it can be changed without being written anew.
///
/// Reads the structure (TOML 1.0: headers, keys, strings and arrays over several lines), not the values; what it cannot follow is an error.
struct TOMLOutline {
    struct Table: Hashable {
        let path: [String]
        /// `[[…]]`.
        let isArrayElement: Bool
        /// Index of its header's line.
        let line: Int
    }

    struct Key: Hashable {
        /// The table's path and the key's own.
        let path: [String]
        /// Which of `tables` it stands in; nil above all headers.
        let table: Int?
        /// As it was written, without a comment behind it; only the first line of a value that has several.
        let value: String
        /// Index of the first and the last line.
        let lines: ClosedRange<Int>

        /// The value when it is a string in one line.
        var string: String? {
            guard let quote = value.first, quote == "\"" || quote == "'", value.count >= 2, value.last == quote else { return nil }
            return String(value.dropFirst().dropLast())
        }
    }

    private(set) var tables: [Table] = []
    private(set) var keys: [Key] = []

    /// - Parameters:
    ///   - lines: the document.
    ///   - file: what it is called in errors.
    init(_ lines: [String], file: String) throws(SetupError) {
        var index = 0
        while index < lines.count {
            var line = TOMLLine(lines[index])
            let first = index
            index += 1
            line.skipSpace()
            guard let next = line.next, next != "#" else { continue }
            if next == "[" {
                guard let (path, isArrayElement) = line.header() else {
                    throw .malformed(path: file, line: first + 1, reason: "not a TOML table header")
                }
                tables.append(Table(path: path, isArrayElement: isArrayElement, line: first))
                continue
            }
            guard let path = line.key(), line.take("=") else {
                throw .malformed(path: file, line: first + 1, reason: "not a TOML key and value")
            }
            line.skipSpace()
            let value = line.value()
            while !line.isBalanced {
                guard index < lines.count else { throw .malformed(path: file, line: first + 1, reason: "the value does not end") }
                line.goOn(lines[index])
                index += 1
            }
            keys.append(Key(path: (tables.last?.path ?? []) + path, table: tables.indices.last, value: value, lines: first...(index - 1)))
        }
    }

    /// The last key with this full path.
    func key(_ path: [String]) -> Key? { keys.last { $0.path == path } }

    /// Keys of one table, by its index in `tables`.
    func keys(of table: Int) -> [Key] { keys.filter { $0.table == table } }
}
