/// One option of a command: the name that the flag, the environment variable and the file's key share.
public struct SettingKey: Sendable, Hashable {
    /// What the option takes.
    public enum Kind: Sendable, Hashable {
        /// One value.
        case value
        /// Any number of values; a comma separates them in the environment, the file has a list or a mapping.
        case values
        /// None: true or false. `negation` is the flag that says false, when there is one.
        case flag(negation: String?)
    }

    /// The long flag without its dashes, for example `log-level`; this is also the key in the file.
    public let name: String
    /// What the option takes.
    public let kind: Kind

    /// Names an option.
    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// The environment variable: `SHOAL_LOG_LEVEL` for `log-level`.
    public var variable: String { Self.variablePrefix + name.uppercased().map { $0 == "-" ? "_" : String($0) }.joined() }

    /// What every variable of ours begins with.
    public static let variablePrefix = "SHOAL_"

    /// The option that names the file; it cannot stand in the file itself.
    public static let configName = "config"
}
