/// A part of the process that could not go on; the process ends with 1.
public struct ServiceFailure: Error, Hashable, CustomStringConvertible {
    /// The part, for example `mirror`.
    public let name: String
    /// Its own error in one line.
    public let reason: String

    /// The name and the reason.
    public var description: String { "\(name): \(reason)" }
}
