import Operations
import RuntimeSetup
import Testing

/// Where settings say that images come from, for whoever looks for what is wrong.
@Suite struct FirstMirrorTests {
    private func mirrors(_ runtime: ContainerRuntime, _ files: [String: String], file: String? = nil) throws -> [FirstMirror] {
        try SetupRequest(runtime, file: file, mirror: SetupRequestTests.mirror).firstMirrors(MemoryFiles(texts: files))
    }

    @Test(arguments: ContainerRuntime.allCases)
    func whatWasSetUpIsFound(_ runtime: ContainerRuntime) throws {
        let request = SetupRequest(runtime, mirror: SetupRequestTests.mirror)
        let files = MemoryFiles().after(try request.plan(MemoryFiles()))
        let found = try request.firstMirrors(files)
        #expect(found.map(\.registry) == [runtime == .containerd ? "_default" : "docker.io"])
        #expect(found.allSatisfy { $0.address == "127.0.0.1:5000" && $0.obstacle == nil && files.texts[$0.file] != nil })
    }

    @Test(arguments: ContainerRuntime.allCases)
    func nothingSetUp(_ runtime: ContainerRuntime) throws {
        #expect(try mirrors(runtime, [:]).isEmpty)
    }

    @Test func containerdThatDoesNotLook() throws {
        let found = try mirrors(
            .containerd, ["/srv/config.toml": "version = 2\n", "/srv/certs.d/ghcr.io/hosts.toml": "[host.\"http://127.0.0.1:5999\"]\n"],
            file: "/srv/config.toml")
        #expect(found.map(\.address) == ["127.0.0.1:5999"])
        #expect(found.first?.obstacle?.contains("/srv/config.toml has no config_path") == true)
    }

    @Test func agentBehindOtherMirrors() throws {
        let file = "/etc/docker/daemon.json"
        let found = try mirrors(.docker, [file: "{\"registry-mirrors\": [\"https://near.example/\", \"http://127.0.0.1:5000/\"]}"])
        #expect(found == (try mirrors(.docker, [file: "{\"registry-mirrors\": [\"http://127.0.0.1:5000\"]}"])))
        #expect(try mirrors(.docker, [file: "{\"registry-mirrors\": [\"https://near.example/x\"]}"]).map(\.address) == ["near.example"])
    }

    /// A mirror that speaks TLS is set up, found and taken out; who asks it in plain HTTP is told, and the other way round.
    @Test(arguments: ContainerRuntime.allCases)
    func mirrorsWithTLS(_ runtime: ContainerRuntime) throws {
        let plain = SetupRequest(runtime, mirror: SetupRequestTests.mirror)
        let encrypted = SetupRequest(runtime, mirror: SetupRequestTests.mirror, speaksTLS: true)
        let files = MemoryFiles().after(try encrypted.plan(MemoryFiles()))
        #expect(try encrypted.plan(files).changes.isEmpty)
        #expect(try encrypted.firstMirrors(files).allSatisfy { $0.address == "127.0.0.1:5000" && $0.obstacle == nil })
        #expect(!files.texts.values.contains { $0.contains("insecure") || $0.contains("http://127") })
        #expect(try plain.firstMirrors(files).allSatisfy { $0.obstacle != nil })
        #expect(try !encrypted.undo(files).changes.isEmpty)
        guard runtime == .containerd || runtime == .docker else { return }
        let others = MemoryFiles().after(try plain.plan(MemoryFiles()))
        #expect(try encrypted.firstMirrors(others).map(\.obstacle) == ["the mirror is asked as http://127.0.0.1:5000, and speaks TLS"])
    }

    @Test func mirrorThatNeedsTLS() throws {
        let table = "[[registry]]\nprefix = \"quay.io\"\n[[registry.mirror]]\nlocation = \"127.0.0.1:5000/quay.io\"\n"
        let found = try mirrors(.podman, ["/etc/containers/registries.conf": table])
        #expect(found.map(\.registry) == ["quay.io"])
        #expect(found.first?.obstacle?.contains("insecure") == true)
    }
}
