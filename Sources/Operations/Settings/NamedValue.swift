/// A value for one of several things of the same kind, written `NAME=VALUE`: `docker.io=robot`.
public struct NamedValue: Sendable, Hashable, CustomStringConvertible {
    /// What the value is for; no space or slash in it.
    public let name: String
    /// Not empty.
    public let value: String

    /// Reads `NAME=VALUE`; `nil` if either half is missing.
    public init?(parsing text: String) {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, !halves[1].isEmpty, !halves[0].contains(where: { $0.isWhitespace || $0 == "/" }) else {
            return nil
        }
        name = String(halves[0])
        value = String(halves[1])
    }

    /// `NAME=VALUE`.
    public var description: String { "\(name)=\(value)" }
}
