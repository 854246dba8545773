import Registry
import Testing

@Suite struct RegistryDirectoryTests {
    @Test(arguments: [
        ("docker.io", "https://registry-1.docker.io/"), ("index.docker.io", "https://registry-1.docker.io/"),
        ("ghcr.io", "https://ghcr.io/"),
        ("GHCR.io", "https://ghcr.io/"), ("registry.example:5000", "https://registry.example:5000/"),
        ("localhost:5000", "http://localhost:5000/"),
        ("127.0.0.1:5001", "http://127.0.0.1:5001/"), ("127.9.9.9", "http://127.9.9.9/"), ("[::1]:5000", "http://[::1]:5000/"),
        ("10.0.0.1:5000", "https://10.0.0.1:5000/"), ("quay.io", "http://127.0.0.1:5002/mirror/quay"),
    ])
    func findsURLs(name: String, url: String) throws {
        let directory = try RegistryDirectory(endpoints: [RegistryEndpoint(parsing: "quay.io=http://127.0.0.1:5002/mirror/quay")])
        #expect(directory.endpoints(of: name).map(\.description) == [url])
    }

    @Test(
        arguments: [
            (nil, "busybox", "docker.io", "library/busybox"), (nil, "org/app", "docker.io", "org/app"),
            (nil, "docker.io/busybox", "docker.io", "library/busybox"), (nil, "ghcr.io/org/app", "ghcr.io", "org/app"),
            (nil, "localhost:5000/app", "localhost:5000", "app"), ("ghcr.io", "org/app", "ghcr.io", "org/app"),
            ("registry-1.docker.io", "busybox", "docker.io", "library/busybox"), ("quay.io", "my.project/app", "quay.io", "my.project/app"),
            ("docker.io", "docker.io/library/busybox", "docker.io", "library/busybox"), ("ghcr.io", "app", "ghcr.io", "app"),
        ] as [(String?, String, String, String)])
    func places(namespace: String?, path: String, registry: String, repository: String) throws {
        let place = try RegistryDirectory().place(namespace: namespace, path: path)
        #expect(place.registry == registry)
        #expect(place.repository == repository)
    }

    @Test func usesTheDefaultRegistry() throws {
        let place = try RegistryDirectory(defaultRegistry: "registry.example:5000").place(namespace: nil, path: "app")
        #expect(place.registry == "registry.example:5000")
        #expect(place.repository == "app")
    }

    @Test(arguments: [
        "", "docker.io", "=http://x", "docker.io=", "docker.io=127.0.0.1:5000", "docker.io=ftp://x", "docker.io=http://",
        "docker.io=http://user@x",
        "docker.io=http://x:0", "docker.io=http://x:65536", "docker.io=http://x:5000x", "a b=http://x", "docker.io=http://x?y",
        "docker.io=http://a b",
        "a:b:c=http://x", "x=http://[::1", "x=http://[zz]",
    ])
    func refusesMappings(text: String) {
        #expect(throws: RegistryEndpointError.self) { try RegistryEndpoint(parsing: text) }
    }

    @Test func severalOfOneNameAreInOrder() throws {
        let endpoints = try ["docker.io=http://b", "ghcr.io=https://c", "registry-1.docker.io=https://a"].map {
            try RegistryEndpoint(parsing: $0)
        }
        let directory = try RegistryDirectory(endpoints: endpoints)
        #expect(directory.endpoints(of: "docker.io").map(\.description) == ["http://b/", "https://a/"])
        let many = try (0...RegistrySettings.endpointLimit).map { try RegistryEndpoint(parsing: "ghcr.io=https://c\($0)") }
        #expect(throws: RegistryEndpointError.tooMany("ghcr.io")) { try RegistryDirectory(endpoints: many) }
    }

    @Test func insecureOnesAreAlsoAskedInPlainHTTP() throws {
        var settings = try RegistrySettings(name: "r.example:5000")
        settings.isInsecure = true
        let directory = try RegistryDirectory(registries: [settings])
        #expect(directory.endpoints(of: "r.example:5000").map(\.description) == ["https://r.example:5000/", "http://r.example:5000/"])
        #expect(directory.endpoints(of: "s.example").map(\.description) == ["https://s.example/"])
        #expect(directory.endpoints(of: "a:b:c").isEmpty)
    }

    @Test func refusesDuplicates() throws {
        let one = try RegistryEndpoint(parsing: "docker.io=http://a"),
            other = try RegistryEndpoint(parsing: "registry-1.docker.io=http://a/")
        #expect(throws: RegistryEndpointError.duplicate("docker.io")) { try RegistryDirectory(endpoints: [one, other]) }
    }

    @Test(arguments: [
        ("https://cdn.example/x?y=1", "https://cdn.example/x?y=1"), ("//cdn.example/x", "http://cdn.example/x"),
        ("/v2/b", "http://r.example:5000/v2/b"),
        ("b", "http://r.example:5000/v2/app/b"), ("?x", "http://r.example:5000/v2/app/a?x"), ("http://H.example:80#f", "http://h.example/"),
    ])
    func resolvesRedirects(location: String, url: String) throws {
        let base = try #require(OriginURL(parsing: "http://r.example:5000/v2/app/a?q"))
        #expect(base.resolving(location)?.description == url)
    }

    @Test(arguments: ["ftp://x/", "file:///etc/passwd", "http://u:p@x/", "http://x/a b", "http:///x", "mailto:x"])
    func refusesRedirects(location: String) throws {
        let base = try #require(OriginURL(parsing: "http://r.example:5000/v2/app/a?q"))
        #expect(base.resolving(location) == nil)
    }
}
