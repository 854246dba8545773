public import ArgumentParser

extension NamedValue: ExpressibleByArgument {
    /// Reads an option's value.
    public init?(argument: String) { self.init(parsing: argument) }
}
