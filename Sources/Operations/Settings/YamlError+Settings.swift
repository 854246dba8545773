import Yams

extension YamlError {
    /// The parser's complaint as ours, with the line where it gives one.
    func settingsError(path: String, text: String) -> SettingsError {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
            .malformedFile(path: path, line: mark.line, reason: problem)
        case .duplicatedKeysInMapping(let keys, let context):
            Self.duplicate(keys.min() ?? "", near: context.mark.line, path, text)
        case .reader(let problem, _, _, _):
            .malformedFile(path: path, line: nil, reason: problem)
        default:
            .malformedFile(path: path, line: nil, reason: String(describing: self))
        }
    }

    /// The parser gives only the place of the mapping, so the line is found as a person would: where the key stands again.
    private static func duplicate(_ key: String, near line: Int, _ path: String, _ text: String) -> SettingsError {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let places = lines.indices.filter { lines[$0].hasPrefix("\(key):") }
        return .duplicateKey(path: path, line: places.count > 1 ? places[1] + 1 : line, key: key)
    }
}
