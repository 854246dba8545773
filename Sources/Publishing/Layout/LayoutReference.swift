/// `DIR` or `DIR:NAME`, as skopeo names an image of a layout after `oci:`.
public struct LayoutReference: Sendable, Hashable {
    public let directory: String
    /// As the layout's `index.json` has it.
    public let name: String?

    /// - Parameter isDirectory: what tells a directory with a colon in its name from one with an image's name after it.
    public init(_ text: String, isDirectory: (String) -> Bool) {
        if !isDirectory(text), let colon = text.firstIndex(of: ":") {
            directory = String(text[..<colon])
            name = String(text[text.index(after: colon)...])
        } else {
            directory = text
            name = nil
        }
    }
}
