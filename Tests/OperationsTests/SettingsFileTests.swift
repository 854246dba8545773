import Operations
import Testing

@Suite struct SettingsFileTests {
    private let keys = [
        SettingKey(name: "zone", kind: .value), SettingKey(name: "tracker", kind: .values), SettingKey(name: "registry", kind: .values),
        SettingKey(name: "registry-username", kind: .values), SettingKey(name: "registry-insecure", kind: .values),
        SettingKey(name: "json", kind: .flag(negation: nil)), SettingKey(name: "config", kind: .value),
    ]

    private func entries(_ text: String) throws(SettingsError) -> [String: [String]] {
        let file = try SettingsFile(text: text, path: "s.yaml", keys: keys)
        return Dictionary(uniqueKeysWithValues: file.entries.map { ($0.key, $0.values) })
    }

    @Test(
        arguments: [
            ("", [:]),
            ("# nothing\n", [:]),
            ("zone: a", ["zone": ["a"]]),
            ("zone: 012", ["zone": ["012"]]),
            ("zone: yes", ["zone": ["yes"]]),
            ("zone: ''", ["zone": [""]]),
            ("tracker: a:7600", ["tracker": ["a:7600"]]),
            ("tracker: [a:7600, b:7600]", ["tracker": ["a:7600", "b:7600"]]),
            ("tracker:\n- a:7600\n- b:7600\n", ["tracker": ["a:7600", "b:7600"]]),
            ("registry:\n  docker.io: http://x:1\n  ghcr.io: http://y:2\n", ["registry": ["docker.io=http://x:1", "ghcr.io=http://y:2"]]),
            ("registry: [docker.io=http://x:1]", ["registry": ["docker.io=http://x:1"]]),
            ("json: on", ["json": ["true"]]),
            (
                """
                registries:
                  ghcr.io: {url: [https://a, https://b], username: robot}
                  "r.example:5000": {url: http://c, insecure: true}
                """,
                [
                    "registry": ["ghcr.io=https://a", "ghcr.io=https://b", "r.example:5000=http://c"],
                    "registry-username": ["ghcr.io=robot"], "registry-insecure": ["r.example:5000=true"],
                ]
            ),
            ("registries: {}", [:]),
        ] as [(String, [String: [String]])])
    func reads(text: String, expected: [String: [String]]) throws {
        #expect(try entries(text) == expected)
    }

    @Test(arguments: [
        ("zone: a\ntrackr: b", "s.yaml:2: unknown key 'trackr' (did you mean tracker?)"),
        ("config: other.yaml", "s.yaml:1: unknown key 'config'"),
        ("zone: a\nzone: b", "s.yaml:2: 'zone' stands twice"),
        ("zone: [a]", "s.yaml:1: 'zone' must be one value"),
        ("zone:", "s.yaml:1: 'zone' must be one value"),
        ("tracker: []", "s.yaml:1: 'tracker' must be a value, a list of values, or a mapping of names to values"),
        ("tracker: [[a]]", "s.yaml:1: 'tracker' must be a value, a list of values, or a mapping of names to values"),
        ("json: maybe", "s.yaml:1: 'json' must be true or false"),
        ("registries: [a]", "s.yaml:1: 'registries' must be a mapping of names to settings"),
        ("registries: {a: b}", "s.yaml:1: 'registries.a' must be a mapping of settings to values"),
        ("registries:\n  a:\n    usrname: b", "s.yaml:3: unknown key 'registries.a.usrname' (did you mean username?)"),
        ("registries: {a: {url: {b: c}}}", "s.yaml:1: 'registries.a.url' must be a value or a list of values"),
        ("registries: {a: {url: []}}", "s.yaml:1: 'registries.a.url' must be a value or a list of values"),
        ("registries: {a: {url: b}}\nregistry: {c: d}", "s.yaml:2: 'registry' stands twice"),
        ("just text", "s.yaml:1: not a settings file: write one 'option: value' a line"),
        ("- a\n- b", "s.yaml:1: not a settings file: write one 'option: value' a line"),
        ("? [a]\n: b", "s.yaml:1: not a settings file: a key must be the name of an option"),
    ])
    func refuses(text: String, message: String) {
        do {
            let entries = try entries(text)
            Issue.record("accepted as \(entries)")
        } catch {
            #expect(error.description == message)
        }
    }

    @Test(arguments: ["zone: [a", "zone: 'a", "\t: x", "a: b: c", "zone: *nobody", "%YAML 9.9\n---\nzone: a", "--- a\n--- b"])
    func brokenTextIsRefusedInOneLine(text: String) {
        do {
            let entries = try entries(text)
            Issue.record("accepted as \(entries)")
        } catch {
            #expect(error.description.hasPrefix("s.yaml"))
            #expect(!error.description.contains("\n"))
        }
    }

    @Test func aliasesAreBounded() throws {
        let nested = (1...9).map { "- &a\($0) [\(Array(repeating: "*a\($0 - 1)", count: 9).joined(separator: ","))]" }.joined(
            separator: "\n")
        #expect(throws: SettingsError.malformedFile(path: "s.yaml", line: nil, reason: "it has more than 16 aliases (*name)")) {
            try SettingsFile(text: "- &a0 x\n\(nested)\n- ? *a9\n  : x", path: "s.yaml", keys: keys)
        }
        #expect(try entries("# ***\nzone: &z a*b\ntracker: [*z, '*']") == ["zone": ["a*b"], "tracker": ["a*b", "*"]])
    }

    @Test func sizeIsBounded() {
        let text = "zone: " + String(repeating: "a", count: SettingsFile.limitBytes)
        #expect(throws: SettingsError.fileTooLarge(path: "s.yaml", limitBytes: SettingsFile.limitBytes)) {
            try SettingsFile(text: text, path: "s.yaml", keys: keys)
        }
        #expect(throws: SettingsError.fileTooLarge(path: "/dev/zero", limitBytes: SettingsFile.limitBytes)) {
            try SettingsFile(path: "/dev/zero", keys: keys)
        }
    }
}
