/// Text that goes to one server and nowhere else: printed, logged or dumped, it shows nothing of itself.
struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one header or body that it is meant for.
    let revealed: String

    init(_ text: String) { revealed = text }

    var description: String { "(secret)" }
    var debugDescription: String { description }
    var customMirror: Swift.Mirror { Swift.Mirror(self, children: []) }
}
