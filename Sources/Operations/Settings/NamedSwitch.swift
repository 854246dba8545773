/// Whether something holds for one of several things of the same kind, written `NAME`, or `NAME=true` and `NAME=false` as the file has it.
public struct NamedSwitch: Sendable, Hashable, CustomStringConvertible {
    /// What it is about; no space or slash in it.
    public let name: String
    /// What was said.
    public let isOn: Bool

    /// Reads the text form; `nil` without a name, or for any other value.
    public init?(parsing text: String) {
        guard let named = NamedValue(parsing: text.contains("=") ? text : "\(text)=true"), let isOn = SettingKey.boolean(named.value) else {
            return nil
        }
        name = named.name
        self.isOn = isOn
    }

    /// `NAME=true` or `NAME=false`.
    public var description: String { "\(name)=\(isOn)" }
}
