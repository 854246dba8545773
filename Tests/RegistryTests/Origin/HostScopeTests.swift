import Testing

@testable import Registry

@Suite struct HostScopeTests {
    @Test(
        arguments: [
            ("127.0.0.1", .loopback), ("::1", .loopback), ("localhost", .loopback), ("0.0.0.0", .loopback), ("::ffff:127.0.0.1", .loopback),
            ("10.1.2.3", .private), ("172.16.0.1", .private), ("172.32.0.1", .public), ("192.168.1.1", .private),
            ("169.254.169.254", .private),
            ("100.64.0.1", .private), ("fe80::1", .private), ("fd00::1", .private), ("::ffff:10.0.0.1", .private),
            ("64:ff9b::a00:1", .private),
            ("2130706433", .private), ("0x7f.1", .private), ("registry", .private), ("registry.svc", .private), ("minio.local", .private),
            ("8.8.8.8", .public), ("2001:4860::1", .public), ("ghcr.io", .public),
        ] as [(String, HostScope)])
    func judges(host: String, scope: HostScope) {
        #expect(HostScope(of: host) == scope)
    }

    @Test(arguments: [
        ("auth.docker.io", "docker.io"), ("registry-1.docker.io", "docker.io"), ("ghcr.io", "ghcr.io"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("127.0.0.1", "127.0.0.1"), ("localhost", "localhost"),
    ])
    func findsDomains(host: String, domain: String) {
        #expect(HostScope.registrableDomain(of: host) == domain)
    }
}
