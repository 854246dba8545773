/// The settings file and the values of options. The Operations files under test are compiled into this module.
enum Target: FuzzTarget {
    private static let keys = [
        SettingKey(name: "tracker", kind: .values), SettingKey(name: "registry", kind: .values), SettingKey(name: "zone", kind: .value),
        SettingKey(name: "default-registry", kind: .value), SettingKey(name: "registry-username", kind: .values),
        SettingKey(name: "json", kind: .flag(negation: nil)),
    ]

    static var seeds: [[UInt8]] {
        [
            seed(0, "default-registry: ghcr.io\ntracker: [a:7600, b:7600]\nregistry:\n  docker.io: http://127.0.0.1:5001\n"),
            seed(0, "tracker:\n- a:7600\n- 'b:7600'\nzone: \"x\\ty\"\njson: true\n"), seed(0, "zone: &a b\ntracker: [*a, *a]\n"),
            seed(0, "zone: |\n  text\n  more\n--- # next\n...\n"), seed(0, "? zone\n: !!str 1\n<<: {json: on}\n"),
            seed(1, "127.0.0.1:7600"),
            seed(1, "[fe80::1%eth0]:0"), seed(1, ":7600"), seed(2, "docker.io=http://127.0.0.1:5001/"),
        ]
    }

    static func run(_ bytes: [UInt8]) {
        guard let choice = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch choice % 3 {
        case 0: settings(text)
        case 1:
            guard let address = try? HostPort(parsing: text) else { return }
            precondition((try? HostPort(parsing: address.description)) == address, "an address reads back: \(address)")
        default:
            guard let named = NamedURL(parsing: text) else { return }
            precondition(NamedURL(parsing: named.description) == named, "NAME=URL reads back: \(named)")
        }
    }

    private static func settings(_ text: String) {
        do {
            let file = try SettingsFile(text: text, path: "settings.yaml", keys: keys)
            precondition(Set(file.entries.map(\.key)).count == file.entries.count, "a key stands once")
            for entry in file.entries {
                guard let key = keys.first(where: { $0.name == entry.key }) else { preconditionFailure("only known keys pass") }
                precondition(!entry.values.isEmpty && entry.line >= 1)
                if key.kind != .values { precondition(entry.values.count == 1, "one value") }
            }
        } catch {
            precondition(error.description.hasPrefix("settings.yaml") || error.description.hasPrefix("the settings file"), "\(error)")
        }
    }
}
