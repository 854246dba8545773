import Operations
import RuntimeSetup
import Testing

/// registries.conf of podman, buildah, skopeo and CRI-O.
@Suite struct RegistriesConfTests {
    static let ownTable = """
        [[registry]]
        prefix = "docker.io"
        location = "hub.example/proxy"  # ours
        [[registry.mirror]]
        location = "near.example"
        [[registry]]
        location = "quay.io"

        """
    private static let main = "/etc/containers/registries.conf"
    private static let own = "/etc/containers/registries.conf.d/50-shoal.conf"

    private func after(_ files: [String: String], _ registries: [String] = []) throws -> [String: String] {
        let before = MemoryFiles(texts: files)
        return before.after(try SetupRequest(.podman, mirror: SetupRequestTests.mirror, registries: registries).plan(before)).texts
    }

    @Test func fileOfOurOwn() throws {
        let main = "unqualified-search-registries = [\n  \"docker.io\", # the [[registry]] of old\n]\n"
        let texts = try after([Self.main: main])
        #expect(texts[Self.main] == main)
        #expect(
            texts[Self.own] == """
                # shoal setup: begin docker.io
                [[registry]]
                location = "docker.io"
                [[registry.mirror]]
                location = "127.0.0.1:5000/docker.io"
                insecure = true
                # shoal setup: end

                """)
    }

    @Test func oneAfterTheOther() throws {
        let first = try after([:], ["docker.io"])
        let both = try after(first, ["ghcr.io"])
        #expect(both == (try after([:], ["docker.io", "ghcr.io"])))
    }

    @Test func tableOfSomebodyElse() throws {
        let path = "/etc/containers/registries.conf.d/99-site.conf"
        let texts = try after([path: Self.ownTable])
        #expect(texts[Self.own] == nil)
        #expect(
            texts[path] == """
                [[registry]]
                prefix = "docker.io"
                location = "hub.example/proxy"  # ours
                # shoal setup: begin docker.io
                [[registry.mirror]]
                location = "127.0.0.1:5000/hub.example/proxy"
                insecure = true
                # shoal setup: end
                [[registry.mirror]]
                location = "near.example"
                [[registry]]
                location = "quay.io"

                """)
    }

    @Test func handWrittenIsLeftAlone() throws {
        let texts = [
            Self.main:
                "[[registry]]\nlocation = \"docker.io\"\n[[registry.mirror]]\nlocation = \"127.0.0.1:5000/docker.io\"\ninsecure = true"
        ]
        #expect(try after(texts) == texts)
    }

    @Test func portsAreNoPartOfPaths() throws {
        let table = "[[registry]]\nprefix = \"hub.example\"\nlocation = \"10.0.0.7:5000/hub\"\n"
        let files = MemoryFiles(texts: [Self.main: table])
        let plan = try SetupRequest(.crio, mirror: SetupRequestTests.mirror, registries: ["hub.example"]).plan(files)
        #expect(plan.changes.first?.after?.contains("location = \"127.0.0.1:5000/hub.example\"\n") == true)
        #expect(plan.advice.contains { $0.contains("--registry hub.example=http://10.0.0.7:5000/hub") })
        let error = try #require(throws: SetupError.self) { try after([:], ["hub.example:5000"]) }
        #expect("\(error)".hasPrefix("hub.example:5000 has a port"))
    }

    @Test func lastFileCounts() throws {
        let table = "[[registry]]\nlocation = \"docker.io\"\n"
        let texts = try after([Self.main: table, "\(Self.main).d/10.conf": table, "\(Self.main).d/notes.txt": "[["])
        #expect(texts[Self.main] == table)
        #expect(texts["\(Self.main).d/10.conf"]?.contains("127.0.0.1:5000/docker.io") == true)
    }

    @Test func malformed() throws {
        let error = try #require(throws: SetupError.self) { try after([Self.main: "[[registry]\n"]) }
        #expect("\(error)".hasPrefix("\(Self.main):1: "))
    }
}
