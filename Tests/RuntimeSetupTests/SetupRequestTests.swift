import Operations
import RuntimeSetup
import Testing

/// What all runtimes have in common, whatever their settings were: setting up twice is setting up once, undoing brings back what was.
@Suite struct SetupRequestTests {
    static let mirror = HostPort(host: "127.0.0.1", port: 5000)

    struct Sample: Sendable, CustomTestStringConvertible {
        let runtime: ContainerRuntime
        var registries: [String] = []
        var files: [String: String] = [:]

        var testDescription: String { "\(runtime) \(registries) \(files.keys.sorted())" }
    }

    static let samples: [Sample] = [
        Sample(runtime: .containerd),
        Sample(runtime: .containerd, registries: ["docker.io", "registry.example:5000"]),
        Sample(runtime: .containerd, files: ["/etc/containerd/config.toml": ContainerdTests.debian]),
        Sample(runtime: .containerd, files: ["/etc/containerd/config.toml": "version = 2\n" + ContainerdTests.emptyPath]),
        Sample(
            runtime: .containerd, registries: ["docker.io"],
            files: ["/etc/containerd/certs.d/docker.io/hosts.toml": ContainerdTests.otherMirror]),
        Sample(runtime: .docker, files: ["/etc/docker/daemon.json": "{\n    \"debug\": true\n}\n"]),
        Sample(runtime: .docker, files: ["/etc/docker/daemon.json": "{\"registry-mirrors\":[\"https://other.example\"]}"]),
        Sample(runtime: .podman),
        Sample(runtime: .podman, registries: ["docker.io", "ghcr.io"]),
        Sample(runtime: .crio, files: ["/etc/containers/registries.conf": "unqualified-search-registries = [\"docker.io\"]"]),
        Sample(runtime: .podman, files: ["/etc/containers/registries.conf.d/10-hub.conf": RegistriesConfTests.ownTable]),
    ]

    @Test(arguments: samples)
    func twiceIsOnce(_ sample: Sample) throws {
        let request = SetupRequest(sample.runtime, mirror: Self.mirror, registries: sample.registries)
        let before = MemoryFiles(texts: sample.files)
        let plan = try request.plan(before)
        #expect(!plan.changes.isEmpty)
        #expect(try request.plan(before.after(plan)).changes.isEmpty)
    }

    @Test(arguments: samples)
    func undoneIsAsBefore(_ sample: Sample) throws {
        let request = SetupRequest(sample.runtime, mirror: Self.mirror, registries: sample.registries)
        let before = MemoryFiles(texts: sample.files)
        let after = before.after(try request.plan(before))
        #expect(after.after(try request.undo(after)).texts.mapValues(Self.ended) == sample.files.mapValues(Self.ended))
        #expect(try request.undo(before).changes.isEmpty)
    }

    @Test(arguments: samples)
    func otherAddressReplaces(_ sample: Sample) throws {
        // daemon.json has no comments in which ours could be told from others.
        guard sample.runtime != .docker else { return }
        let before = MemoryFiles(texts: sample.files)
        let first = before.after(try SetupRequest(sample.runtime, mirror: Self.mirror, registries: sample.registries).plan(before))
        let moved = SetupRequest(sample.runtime, mirror: HostPort(host: "127.0.0.1", port: 5999), registries: sample.registries)
        let second = first.after(try moved.plan(first))
        #expect(!second.texts.values.contains { $0.contains("127.0.0.1:5000") })
        #expect(second.texts == before.after(try moved.plan(before)).texts)
    }

    @Test func diffIsUnified() throws {
        let before = MemoryFiles(texts: ["/etc/docker/daemon.json": "{\n  \"a\": 1,\n  \"b\": 2,\n  \"c\": 3,\n  \"d\": 4\n}\n"])
        let plan = try SetupRequest(.docker, mirror: Self.mirror).plan(before)
        #expect(
            plan.changes.first?.diff == """
                --- /etc/docker/daemon.json
                +++ /etc/docker/daemon.json
                @@ -1,4 +1,5 @@
                 {
                +  "registry-mirrors": ["http://127.0.0.1:5000"],
                   "a": 1,
                   "b": 2,
                   "c": 3,

                """)
    }

    @Test func diffOfNewFile() throws {
        let plan = try SetupRequest(.podman, mirror: Self.mirror).plan(MemoryFiles())
        let diff = try #require(plan.changes.first?.diff)
        #expect(
            diff.hasPrefix(
                "--- /dev/null\n+++ /etc/containers/registries.conf.d/50-shoal.conf\n@@ -0,0 +1,7 @@\n+# shoal setup: begin docker.io\n"))
    }

    /// A newline at the end is the one thing that may be added for good.
    private static func ended(_ text: String) -> String { text.hasSuffix("\n") ? text : text + "\n" }
}
