public import ArgumentParser

extension NamedSwitch: ExpressibleByArgument {
    /// Reads an option's value.
    public init?(argument: String) { self.init(parsing: argument) }
}
