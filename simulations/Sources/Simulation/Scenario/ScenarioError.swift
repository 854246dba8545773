/// A scenario that cannot be run: where it is wrong, and what would be right.
public struct ScenarioError: Error, Hashable, CustomStringConvertible {
    public let file: String
    /// Counted from 1; nil where the fault is in what is missing, or in `--set`.
    public let line: Int?
    public let problem: String

    public init(file: String, line: Int?, problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    public var description: String { line.map { "\(file):\($0): \(problem)" } ?? "\(file): \(problem)" }
}
