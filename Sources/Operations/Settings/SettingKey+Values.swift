extension SettingKey {
    /// Reads what the environment or the file gives to an option without a value.
    /// - Returns: `nil` for anything but true/false, yes/no, on/off, 1/0 in any case.
    static func boolean(_ text: String) -> Bool? {
        switch text.lowercased() {
        case "true", "yes", "on", "1": true
        case "false", "no", "off", "0": false
        default: nil
        }
    }
}

extension SettingKey.Kind {
    /// What a value must be, for messages.
    var expectation: String {
        switch self {
        case .value: "one value"
        case .values: "a value, a list of values, or a mapping of names to values"
        case .flag: "true or false"
        }
    }
}

extension SettingKey.Kind {
    /// What a variable must hold, for messages.
    var variableExpectation: String {
        switch self {
        case .value: "one value, not empty"
        case .values: "one value, or several with commas between them"
        case .flag: "true or false"
        }
    }
}

extension SettingKey {
    /// The words that a person would write on the command line for these values.
    func flags(_ values: [String]) -> [String] {
        switch kind {
        case .value, .values: values.map { "--\(name)=\($0)" }
        case .flag(let negation): values == ["true"] ? ["--\(name)"] : negation.map { ["--\($0)"] } ?? []
        }
    }
}
