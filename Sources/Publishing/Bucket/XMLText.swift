/// As much XML as S3's short answers take.
enum XMLText {
    /// The text of the first element of a name that has no elements of its own; nil when there is none.
    static func element(_ name: String, of text: String) -> String? {
        guard let start = text.firstRange(of: "<\(name)>"), let end = text[start.upperBound...].firstRange(of: "</\(name)>") else {
            return nil
        }
        let inner = text[start.upperBound..<end.lowerBound]
        guard !inner.contains("<") else { return nil }
        return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#34;", "\""), ("&apos;", "'"), ("&amp;", "&")]
            .reduce(String(inner)) { $0.replacing($1.0, with: $1.1) }
    }

    /// Text as it may stand in an element.
    static func escaped(_ text: String) -> String {
        [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")].reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
