/// What can be wrong with the environment or the settings file. The command line's own errors are swift-argument-parser's.
public enum SettingsError: Error, Hashable, CustomStringConvertible {
    /// A `SHOAL_` variable that no option of this program has.
    case unknownVariable(name: String, nearest: String?)
    /// A variable whose value does not fit the option, for example `SHOAL_JSON=maybe`.
    case badVariable(name: String, value: String, expected: String)
    /// The file cannot be opened or read.
    case unreadableFile(path: String, reason: String)
    /// The file is larger than `SettingsFile.limitBytes`.
    case fileTooLarge(path: String, limitBytes: Int)
    /// The file is not YAML, or not a mapping at its top.
    case malformedFile(path: String, line: Int?, reason: String)
    /// A key in the file that the command does not have.
    case unknownKey(path: String, line: Int, key: String, nearest: String?)
    /// A key in the file whose value has the wrong shape.
    case badValue(path: String, line: Int, key: String, expected: String)
    /// A key that stands twice in the file.
    case duplicateKey(path: String, line: Int, key: String)
    /// The parser's description of a command cannot be decoded: this program was built with a library that does not fit it.
    case unreadableOutline(command: String, reason: String)

    /// One line that names the variable, or the file, line and key, and the remedy.
    public var description: String {
        switch self {
        case .unknownVariable(let name, let nearest):
            "environment variable \(name) is no setting of this program\(Self.hint(nearest)); unset it"
        case .badVariable(let name, let value, let expected):
            "environment variable \(name)='\(value)' must be \(expected)"
        case .unreadableFile(let path, let reason):
            "cannot read the settings file \(path): \(reason)"
        case .fileTooLarge(let path, let limitBytes):
            "the settings file \(path) is larger than \(limitBytes) bytes"
        case .malformedFile(let path, let line, let reason):
            "\(Self.place(path, line)): not a settings file: \(reason)"
        case .unknownKey(let path, let line, let key, let nearest):
            "\(Self.place(path, line)): unknown key '\(key)'\(Self.hint(nearest))"
        case .badValue(let path, let line, let key, let expected):
            "\(Self.place(path, line)): '\(key)' must be \(expected)"
        case .duplicateKey(let path, let line, let key):
            "\(Self.place(path, line)): '\(key)' stands twice"
        case .unreadableOutline(let command, let reason):
            "cannot list the settings of '\(command)': \(reason)"
        }
    }

    private static func hint(_ nearest: String?) -> String {
        nearest.map { " (did you mean \($0)?)" } ?? ""
    }

    private static func place(_ path: String, _ line: Int?) -> String {
        line.map { "\(path):\($0)" } ?? path
    }
}
