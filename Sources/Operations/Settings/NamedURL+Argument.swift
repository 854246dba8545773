public import ArgumentParser

extension NamedURL: ExpressibleByArgument {
    /// Reads an option's value.
    public init?(argument: String) { self.init(parsing: argument) }
}
