/// A command line, variable or file that the program cannot run with. The process ends with 64.
public struct CommandLineError: Error, Hashable, CustomStringConvertible {
    /// What a person reads: the error's line, then swift-argument-parser's usage where the command line is at fault.
    public let message: String

    /// The same as `message`.
    public var description: String { message }
}
