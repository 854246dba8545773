/// Turns the environment and the settings file into flags, so that there is one parser and one validation.
///
/// Precedence: flags, then `SHOAL_*` variables, then the file named by `--config` or `SHOAL_CONFIG`, then the defaults in the
/// command. An option that a higher level sets replaces all its values from lower levels, repeatable or not.
public struct SettingsSources: Sendable, Hashable {
    /// The flags for what the environment and the file set and the command line does not, ready to stand before the rest.
    public let arguments: [String]
    /// For each of those options, where its value came from: `SHOAL_ZONE`, or `/etc/shoal.yaml:3`.
    public let origins: [String: String]

    /// Reads the sources below the command line.
    /// - Parameters:
    ///   - commandLine: the words after the program's name and the subcommand's.
    ///   - environment: all variables; only those that begin with `SHOAL_` are looked at.
    ///   - keys: the options of the selected command.
    ///   - otherKeys: options of the program's other commands; their variables are let be.
    /// - Throws: `SettingsError` for an unknown variable or key, or an unreadable or malformed file.
    public init(
        commandLine: [String], environment: [String: String], keys: [SettingKey], otherKeys: [SettingKey] = []
    ) throws(SettingsError) {
        try Self.refuseUnknown(environment, known: keys + otherKeys)
        var file: SettingsFile?
        if keys.contains(where: { $0.name == SettingKey.configName }),
            let path = Self.value(of: SettingKey.configName, in: commandLine) ?? environment[SettingKey.variablePrefix + "CONFIG"]
        {
            file = try SettingsFile(path: path, keys: keys)
        }

        var arguments: [String] = []
        var origins: [String: String] = [:]
        for key in keys where !Self.mentions(key, in: commandLine) {
            if let text = environment[key.variable] {
                arguments += key.flags(try Self.values(of: key, text))
                origins[key.name] = key.variable
            } else if let file, let entry = file.entries.first(where: { $0.key == key.name }) {
                arguments += key.flags(entry.values)
                origins[key.name] = "\(file.path):\(entry.line)"
            }
        }
        self.arguments = arguments
        self.origins = origins
    }

    private static func refuseUnknown(_ environment: [String: String], known: [SettingKey]) throws(SettingsError) {
        let names = Set(known.map(\.variable))
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) where name.hasPrefix(SettingKey.variablePrefix) {
            if names.contains(name) || KubernetesVariable.matches(name: name, value: value) { continue }
            throw .unknownVariable(name: name, nearest: NearestName.of(name, among: names))
        }
    }

    private static func values(of key: SettingKey, _ text: String) throws(SettingsError) -> [String] {
        let refusal = SettingsError.badVariable(name: key.variable, value: text, expected: key.kind.variableExpectation)
        switch key.kind {
        case .flag:
            guard let value = SettingKey.boolean(text) else { throw refusal }
            return [value ? "true" : "false"]
        case .value:
            guard !text.isEmpty else { throw refusal }
            return [text]
        case .values:
            let values = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            guard !values.contains("") else { throw refusal }
            return values
        }
    }

    /// Whether the command line itself sets the option, as `--name VALUE`, `--name=VALUE`, `--name` or `--no-name`.
    private static func mentions(_ key: SettingKey, in commandLine: [String]) -> Bool {
        var flags = ["--\(key.name)"]
        if case .flag(let negation?) = key.kind { flags.append("--\(negation)") }
        return options(of: commandLine).contains { word in
            flags.contains { word == $0 || word.hasPrefix("\($0)=") }
        }
    }

    /// The last value of `--name` on the command line.
    private static func value(of name: String, in commandLine: [String]) -> String? {
        let words = Array(options(of: commandLine))
        let flag = "--\(name)"
        for (index, word) in words.enumerated().reversed() {
            if word.hasPrefix("\(flag)=") { return String(word.dropFirst(flag.count + 1)) }
            if word == flag { return index + 1 < words.count ? words[index + 1] : nil }
        }
        return nil
    }

    /// What stands before the `--` that ends the options.
    private static func options(of commandLine: [String]) -> some Sequence<String> {
        commandLine.prefix { $0 != "--" }
    }
}
