import RuntimeSetup
import Testing

/// dockerd's daemon.json.
@Suite struct DockerTests {
    private static let file = "/etc/docker/daemon.json"

    private func after(_ text: String?, _ registries: [String] = []) throws -> String? {
        let before = MemoryFiles(texts: text.map { [Self.file: $0] } ?? [:])
        return before.after(try SetupRequest(.docker, mirror: SetupRequestTests.mirror, registries: registries).plan(before)).texts[
            Self.file]
    }

    @Test(arguments: [
        (nil, "{\n  \"registry-mirrors\": [\"http://127.0.0.1:5000\"]\n}\n"),
        ("", "{\n  \"registry-mirrors\": [\"http://127.0.0.1:5000\"]\n}\n"),
        ("{}", "{\n  \"registry-mirrors\": [\"http://127.0.0.1:5000\"]\n}"),
        ("{\"a\":{\"registry-mirrors\":[]}}", "{\"registry-mirrors\": [\"http://127.0.0.1:5000\"], \"a\":{\"registry-mirrors\":[]}}"),
        ("{\n\t\"a\": \"}\"\n}\n", "{\n\t\"registry-mirrors\": [\"http://127.0.0.1:5000\"],\n\t\"a\": \"}\"\n}\n"),
        ("{\"registry-mirrors\": [ ]}", "{\"registry-mirrors\": [\"http://127.0.0.1:5000\"]}"),
        ("{\"registry-mirrors\":[\"http://a\"],\"b\":1}", "{\"registry-mirrors\":[\"http://127.0.0.1:5000\", \"http://a\"],\"b\":1}"),
        (
            "{\"registry-mirrors\": [\n    \"http://a\"\n  ]}",
            "{\"registry-mirrors\": [\n    \"http://127.0.0.1:5000\",\n    \"http://a\"\n  ]}"
        ),
        ("{\"registry-mirrors\": [\"http://127.0.0.1:5000/\"]}", "{\"registry-mirrors\": [\"http://127.0.0.1:5000/\"]}"),
    ])
    func adds(_ before: String?, _ expected: String) throws {
        #expect(try after(before) == expected)
    }

    @Test(arguments: ["[]", "{", "{\"registry-mirrors\": \"http://a\"}", "{\"registry-mirrors\": [1]}", "{\"a\": 1} # comment"])
    func malformed(_ text: String) throws {
        let error = try #require(throws: SetupError.self) { try after(text) }
        #expect("\(error)".contains(Self.file))
    }

    @Test(arguments: [("{}", true), ("{\"registry-mirrors\": []}", false)])
    func flagThatExcludesTheKeyIsNamed(_ text: String, _ isNamed: Bool) throws {
        let advice = try SetupRequest(.docker, mirror: SetupRequestTests.mirror).plan(MemoryFiles(texts: [Self.file: text])).advice
        #expect(advice.contains { $0.contains("--registry-mirror") } == isNamed)
    }

    @Test func undoingTellsWhatItTakes() throws {
        let request = SetupRequest(.docker, mirror: SetupRequestTests.mirror)
        let alone = MemoryFiles(texts: [Self.file: "{\"registry-mirrors\": [\"http://127.0.0.1:5000\"]}"])
        #expect(try request.undo(alone).advice.first?.contains("restart docker") == true)
        let beside = MemoryFiles(texts: [Self.file: "{\"registry-mirrors\": [\"http://127.0.0.1:5000\", \"http://a\"]}"])
        #expect(try request.undo(beside).advice.first?.contains("reload docker") == true)
    }

    @Test func onlyTheHub() throws {
        #expect(try after("{}", ["docker.io"]) != "{}")
        let error = try #require(throws: SetupError.self) { try after("{}", ["ghcr.io"]) }
        #expect("\(error)".contains("127.0.0.1:5000/ghcr.io/"))
    }
}
