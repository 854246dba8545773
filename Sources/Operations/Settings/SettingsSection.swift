/// A key of the settings file under which the options about one thing stand together, by the thing's name:
///
///     registries:
///       ghcr.io:
///         url: [https://cache.example, https://ghcr.io]
///         username: robot
///
/// is `registry: ["ghcr.io=https://cache.example", "ghcr.io=https://ghcr.io"]` and `registry-username: {ghcr.io: robot}`.
struct SettingsSection: Sendable, Hashable {
    /// The key in the file.
    let name: String
    /// What the options begin with: `registry-username` for `username`.
    let option: String
    /// The key of the option that has no more than that for a name.
    let ownKey: String

    static let all = [SettingsSection(name: "registries", option: "registry", ownKey: "url")]

    /// The option that a key of the section stands for.
    func optionName(of key: String) -> String { key == ownKey ? option : "\(option)-\(key)" }

    /// The keys that the section can have, given the options that a command has.
    func keys(among keys: [SettingKey]) -> [String] {
        keys.compactMap { key in
            if key.name == option { return ownKey }
            return key.name.hasPrefix(option + "-") ? String(key.name.dropFirst(option.count + 1)) : nil
        }
    }
}
