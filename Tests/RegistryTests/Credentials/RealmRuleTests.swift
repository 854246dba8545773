import Testing

@testable import Registry

@Suite struct RealmRuleTests {
    @Test(
        arguments: [
            ("https://auth.docker.io/token", "https://registry-1.docker.io", true),
            ("https://gitlab.com/jwt", "https://registry.gitlab.com", true),
            ("https://ghcr.io/token", "https://ghcr.io", true), ("https://evil.example/token", "https://ghcr.io", false),
            ("https://ghcr.io.evil.example/t", "https://ghcr.io", false),
            ("http://auth.docker.io/token", "https://registry-1.docker.io", false),
            ("http://127.0.0.1:1/t", "http://127.0.0.1:2", true), ("http://localhost:1/t", "http://127.0.0.1:2", true),
            ("http://127.0.0.1/t", "https://ghcr.io", false), ("https://10.0.0.2/t", "https://10.0.0.1", false),
            ("https://169.254.169.254/t", "https://ghcr.io", false), ("https://ghcr.io/t", "http://127.0.0.1:2", false),
        ])
    func ofAServer(realm: String, endpoint: String, isBound: Bool) throws {
        let realm = try #require(OriginURL(parsing: realm)), endpoint = try #require(OriginURL(parsing: endpoint))
        #expect(RealmRule.isBound(realm, to: endpoint) == isBound)
    }

    /// A mirror of docker.io passes on that one's challenge.
    @Test(
        arguments: [
            ("https://auth.docker.io/token", "docker.io", true), ("http://auth.docker.io/token", "docker.io", false),
            ("https://auth.evil.example/token", "docker.io", false), ("https://10.0.0.1/t", "10.0.0.1:5000", false),
            ("https://registry.local/t", "registry.local", false), ("https://auth.r.example/t", "r.example:5000", true),
        ])
    func ofAName(realm: String, name: String, isBound: Bool) throws {
        let realm = try #require(OriginURL(parsing: realm))
        #expect(RealmRule.isBound(realm, toName: name) == isBound)
    }
}
