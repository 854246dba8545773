/// A trace that cannot be read: where it is wrong, and what would be right.
public struct TraceError: Error, Hashable, CustomStringConvertible {
    public let file: String
    /// Counted from 1; nil where the fault is in the file as a whole.
    public let line: Int?
    public let problem: String

    public var description: String { line.map { "\(file):\($0): \(problem)" } ?? "\(file): \(problem)" }
}
