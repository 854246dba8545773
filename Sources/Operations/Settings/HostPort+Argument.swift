public import ArgumentParser

extension HostPort: ExpressibleByArgument {
    /// Reads an option's value; `nil` for any text that `init(parsing:)` refuses.
    public init?(argument: String) {
        guard let parsed = try? HostPort(parsing: argument) else { return nil }
        self = parsed
    }
}
