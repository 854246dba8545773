import Swarm
import Testing

@Suite struct ReferenceTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)

    @Test(
        arguments: [
            ("busybox", nil, "busybox", "latest"),
            ("library/busybox:1.36", nil, "library/busybox", "1.36"),
            ("ghcr.io/org/app", "ghcr.io", "org/app", "latest"),
            ("localhost/app:x", "localhost", "app", "x"),
            ("localhost:5000/app:x", "localhost:5000", "app", "x"),
            ("[::1]:5000/app", "[::1]:5000", "app", "latest"),
            ("127.0.0.1:5000/a/b/c:v_1.2-3", "127.0.0.1:5000", "a/b/c", "v_1.2-3"),
            ("org/app@" + digest, nil, "org/app", digest),
            ("reg.io/org/app:tag@" + digest, "reg.io", "org/app", digest),
            ("a__b/c-d--e/f.g", nil, "a__b/c-d--e/f.g", "latest"),
        ] as [(String, String?, String, String)])
    func parses(text: String, registry: String?, repository: String, target: String) throws {
        let reference = try Reference(parsing: text)
        #expect(reference.registry == registry)
        #expect(reference.repository == repository)
        #expect(reference.target.description == target)
        #expect(try Reference(parsing: reference.description) == reference)
    }

    @Test(
        arguments: [
            "", "/", "a//b", "/a", "a/", "A", "ghcr.io/", "ghcr.io/Org/app", "a:", "a:-x", "a:b:c", "a@", "a@latest", "a@sha256:00",
            "a..b", "a._b", "a___b", "-a", "a-", "a b", "a:" + String(repeating: "x", count: 129), String(repeating: "a", count: 256),
            String(repeating: "a", count: 2000), "a@" + digest + "@" + digest, "é",
        ])
    func refuses(text: String) {
        #expect(throws: ReferenceError.self) { try Reference(parsing: text) }
    }

    @Test(
        arguments: [
            ("ghcr.io/org/app", "ghcr.io", "org/app"), ("org/app", nil, "org/app"), ("localhost/x", "localhost", "x"),
            ("host:1/x", "host:1", "x"), ("x", nil, "x"), ("a.b", nil, "a.b"), ("a b.c/x", nil, "a b.c/x"), ("", nil, ""),
        ] as [(String, String?, String)])
    func splitsPaths(text: String, registry: String?, repository: String) {
        let path = RepositoryPath(text)
        #expect(path.registry == registry && path.repository == repository)
    }
}
