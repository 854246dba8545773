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

    @Test func mirrorThatNeedsTLS() throws {
        let table = "[[registry]]\nprefix = \"quay.io\"\n[[registry.mirror]]\nlocation = \"127.0.0.1:5000/quay.io\"\n"
        let found = try mirrors(.podman, ["/etc/containers/registries.conf": table])
        #expect(found.map(\.registry) == ["quay.io"])
        #expect(found.first?.obstacle?.contains("insecure") == true)
    }
}
