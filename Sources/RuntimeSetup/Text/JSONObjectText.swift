import FoundationEssentials

/// A JSON object as the text that somebody wrote, into whose arrays of strings one can be put without writing the rest anew.
struct JSONObjectText {
    private(set) var text: String
    private let file: String

    /// - Parameter text: the object; blank for one that has to be made.
    init(_ text: String, file: String) throws(SetupError) {
        self.file = file
        self.text = text.allSatisfy(\.isWhitespace) ? "{}\n" : text
        guard (try? JSONDecoder().decode([String: AnyValue].self, from: Data(self.text.utf8))) != nil else {
            throw .malformed(path: file, line: nil, reason: "not a JSON object")
        }
    }

    /// The strings of a member; nil when the object does not have it.
    func strings(of key: String) throws(SetupError) -> [String]? {
        guard let members = try? JSONDecoder().decode([String: StringsOrOther].self, from: Data(text.utf8)), let member = members[key]
        else {
            return nil
        }
        guard let strings = member.strings else { throw .malformed(path: file, line: nil, reason: "\"\(key)\" is not a list of texts") }
        return strings
    }

    /// Puts a string before the others of a member, which is made if it is missing.
    mutating func insert(_ value: String, first key: String) throws(SetupError) {
        let bytes = Array(text.utf8)
        let object = try container(bytes, from: 0)
        let quoted = Self.quoted(value)
        guard let member = object.items.first(where: { $0.key.map { bytes[$0].elementsEqual(Self.quoted(key).utf8) } ?? false }) else {
            insert("\(Self.quoted(key)): [\(quoted)]", first: object, in: bytes, indentation: "\n  ")
            return
        }
        insert(quoted, first: try container(bytes, from: member.value.lowerBound), in: bytes, indentation: "")
    }

    /// Takes a string out of a member, and the member with it when it was the last one.
    mutating func remove(_ value: String, from key: String) throws(SetupError) {
        let bytes = Array(text.utf8)
        let object = try container(bytes, from: 0)
        guard let index = object.items.firstIndex(where: { $0.key.map { bytes[$0].elementsEqual(Self.quoted(key).utf8) } ?? false }) else {
            return
        }
        let array = try container(bytes, from: object.items[index].value.lowerBound)
        guard let found = array.items.firstIndex(where: { bytes[$0.value].elementsEqual(Self.quoted(value).utf8) }) else { return }
        let (place, items) = array.items.count == 1 ? (index, object) : (found, array)
        text = String(decoding: bytes[..<items.span(of: place).lowerBound] + bytes[items.span(of: place).upperBound...], as: UTF8.self)
    }

    private mutating func insert(_ item: String, first container: JSONContainer, in bytes: [UInt8], indentation: String) {
        let open = container.open + 1
        var added: String
        if let first = container.items.first {
            // What separates the bracket from its first item separates the new one from it, too.
            let space = String(decoding: bytes[open..<first.start], as: UTF8.self)
            added = space + item + "," + (space.isEmpty ? " " : "")
        } else {
            added = indentation + item + (indentation.isEmpty ? "" : "\n")
        }
        let rest = container.items.isEmpty ? container.close : open
        text = String(decoding: bytes[..<open] + Array(added.utf8) + bytes[rest...], as: UTF8.self)
    }

    private func container(_ bytes: [UInt8], from start: Int) throws(SetupError) -> JSONContainer {
        guard let container = JSONContainer(bytes, from: start) else {
            throw .malformed(path: file, line: nil, reason: "not JSON that can be changed")
        }
        return container
    }

    /// For texts without anything that JSON escapes.
    private static func quoted(_ text: String) -> String { "\"\(text)\"" }
}

/// Any JSON value, unread.
private struct AnyValue: Decodable {
    init(from decoder: any Decoder) {}
}

private struct StringsOrOther: Decodable {
    let strings: [String]?

    init(from decoder: any Decoder) {
        strings = try? [String](from: decoder)
    }
}
