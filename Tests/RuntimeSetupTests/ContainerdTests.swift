import RuntimeSetup
import Testing

/// hosts.toml and config.toml of containerd.
@Suite struct ContainerdTests {
    static let debian = """
        version = 2

        [plugins]
          [plugins."io.containerd.grpc.v1.cri"]
            [plugins."io.containerd.grpc.v1.cri".cni]
              bin_dir = "/usr/lib/cni"
              conf_dir = "/etc/cni/net.d"

        """
    static let emptyPath = """
        [plugins."io.containerd.grpc.v1.cri".registry]
          config_path = ""
          [plugins."io.containerd.grpc.v1.cri".registry.headers]
            X = ["a # no comment", '''
        [not.a.table]
        ''']

        """
    static let otherMirror = """
        server = "https://registry-1.docker.io"

        [host."https://mirror.example"]
          capabilities = ["pull"]

        """
    private static let config = "/etc/containerd/config.toml"
    private static let hosts = "/etc/containerd/certs.d"

    private func after(_ files: [String: String], _ registries: [String] = []) throws -> [String: String] {
        let before = MemoryFiles(texts: files)
        return before.after(try SetupRequest(.containerd, mirror: SetupRequestTests.mirror, registries: registries).plan(before)).texts
    }

    @Test func nothingThere() throws {
        let texts = try after([:])
        #expect(
            texts["\(Self.hosts)/_default/hosts.toml"] == """
                # shoal setup: begin
                [host."http://127.0.0.1:5000"]
                  capabilities = ["pull", "resolve"]
                # shoal setup: end

                """)
        #expect(
            texts[Self.config] == """
                # shoal setup: begin
                version = 2

                [plugins."io.containerd.grpc.v1.cri".registry]
                  config_path = "/etc/containerd/certs.d"
                # shoal setup: end

                """)
    }

    @Test func oneRegistryHasItsServer() throws {
        let texts = try after([:], ["docker.io", "ghcr.io"])
        #expect(texts["\(Self.hosts)/docker.io/hosts.toml"]?.contains("server = \"https://registry-1.docker.io\"\n\n[host.") == true)
        #expect(texts["\(Self.hosts)/ghcr.io/hosts.toml"]?.contains("server = \"https://ghcr.io\"\n") == true)
        #expect(texts["\(Self.hosts)/_default/hosts.toml"] == nil)
    }

    @Test func agentComesBeforeOtherMirrors() throws {
        let text = try #require(
            try after(["\(Self.hosts)/docker.io/hosts.toml": Self.otherMirror], ["docker.io"])["\(Self.hosts)/docker.io/hosts.toml"])
        let lines = text.split(separator: "\n")
        let ours = try #require(lines.firstIndex { $0.contains("127.0.0.1:5000") })
        let other = try #require(lines.firstIndex { $0.contains("mirror.example") })
        #expect(ours < other)
        #expect(text.hasPrefix("server = "))
    }

    @Test func handWrittenIsLeftAlone() throws {
        let texts = [
            "\(Self.hosts)/_default/hosts.toml": "[host.'http://127.0.0.1:5000/']\n  capabilities = [ \"pull\" ] # by hand\n",
            Self.config: "version = 2\nplugins.\"io.containerd.grpc.v1.cri\".registry.config_path = \"\(Self.hosts)\"\n",
        ]
        #expect(try after(texts) == texts)
    }

    @Test func otherFolderIsUsed() throws {
        let config = "version = 3\n[plugins.'io.containerd.cri.v1.images'.registry]\n  config_path = '/srv/hosts/:/etc/docker/certs.d'\n"
        #expect(try after([Self.config: config]).keys.sorted() == [Self.config, "/srv/hosts/_default/hosts.toml"])
    }

    @Test(arguments: [
        ("version = 1\n", "[plugins.cri.registry]"),
        ("root = \"/var/lib/containerd\"\n", "[plugins.cri.registry]"),
        ("version = 2\n", "[plugins.\"io.containerd.grpc.v1.cri\".registry]"),
        ("version = 3\n", "[plugins.\"io.containerd.cri.v1.images\".registry]"),
    ])
    func tableOfTheVersion(_ config: String, _ table: String) throws {
        #expect(try after([Self.config: config])[Self.config]?.contains("\n\(table)\n") == true)
    }

    @Test func emptyPathIsReplacedAndKept() throws {
        let text = try #require(try after([Self.config: "version = 2\n" + Self.emptyPath])[Self.config])
        #expect(text.contains("# was:   config_path = \"\"\n  config_path = \"/etc/containerd/certs.d\"\n"))
    }

    @Test func folderNamedInTheOtherWay() throws {
        let path = "\(Self.hosts)/registry.example_5000_/hosts.toml"
        #expect(
            try after([path: "server = \"https://registry.example:5000\"\n"], ["registry.example:5000"])[path]?.contains("[host.") == true)
    }

    @Test func foldersThatHideDefaultAreNamed() throws {
        let files = MemoryFiles(texts: ["\(Self.hosts)/ghcr.io/hosts.toml": Self.otherMirror])
        let advice = try SetupRequest(.containerd, mirror: SetupRequestTests.mirror).plan(files).advice
        #expect(advice.contains { $0.contains("ghcr.io") && $0.contains("--registry") })
    }

    @Test(arguments: ["disabled_plugins = [\"cri\"]\n", "version = 2\ndisabled_plugins = [\n  \"io.containerd.grpc.v1.cri\",\n]\n"])
    func disabledCRIIsNamed(_ config: String) throws {
        let files = MemoryFiles(texts: [Self.config: config])
        let advice = try SetupRequest(.containerd, mirror: SetupRequestTests.mirror).plan(files).advice
        #expect(advice.contains { $0.contains("disabled_plugins") })
    }

    @Test(arguments: [
        ("version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.mirrors.\"docker.io\"]\n  endpoint = []\n", 2),
        ("version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry.configs.\"a\".tls]\n", 2),
        ("version = 2\n[plugins.\"io.containerd.grpc.v1.cri\"]\nregistry = { config_path = \"\" }\n", 3),
    ])
    func whatExcludesItIsNamed(_ config: String, _ line: Int) throws {
        let error = try #require(throws: SetupError.self) { try after([Self.config: config]) }
        #expect("\(error)".hasPrefix("\(Self.config):\(line): "))
    }

    @Test(arguments: ["version = 2\n[plugins\n", "version = 2\nkey\n", "a = [1,\n", "version = 9\n"])
    func malformed(_ config: String) {
        #expect(throws: SetupError.self) { try after([Self.config: config]) }
    }
}
