import Testing

@testable import Registry

@Suite struct RedirectRuleTests {
    private func next(_ origin: String, _ location: String?) throws -> String {
        let origin = try #require(OriginURL(parsing: origin))
        return try RedirectRule.next(from: origin, to: location, origin: origin).description
    }

    @Test(
        arguments: [
            ("https://r.example/v2/x", "https://cdn.example/x?sig=1", "https://cdn.example/x?sig=1"),
            ("https://r.example/v2/x", "/y", "https://r.example/y"), ("http://10.0.0.1/x", "http://10.0.0.2/y", "http://10.0.0.2/y"),
            ("http://10.0.0.1/x", "https://cdn.example/y", "https://cdn.example/y"),
            ("http://127.0.0.1/x", "http://10.0.0.1/y", "http://10.0.0.1/y"),
            ("http://127.0.0.1:1/x", "http://localhost:2/y", "http://localhost:2/y"),
            ("http://r.example/x", "https://r.example/y", "https://r.example/y"),
            ("http://registry.local/x", "http://registry.local:8080/y", "http://registry.local:8080/y"),
        ])
    func follows(origin: String, location: String, url: String) throws {
        #expect(try next(origin, location) == url)
    }

    /// A registry on the internet leads to nothing inside, not even by other ways to write an address; a private one not to this machine.
    @Test(
        arguments: [
            ("https://r.example/x", "https://127.0.0.1/y"), ("https://r.example/x", "https://localhost/y"),
            ("https://r.example/x", "https://169.254.169.254/latest/meta-data"), ("https://r.example/x", "https://10.0.0.1/y"),
            ("https://r.example/x", "https://192.168.0.1/y"), ("https://r.example/x", "https://[::1]/y"),
            ("https://r.example/x", "https://[fe80::1]/y"),
            ("https://r.example/x", "https://[::ffff:10.0.0.1]/y"), ("https://r.example/x", "https://2130706433/y"),
            ("https://r.example/x", "https://minio.svc/y"), ("http://10.0.0.1/x", "http://127.0.0.1/y"),
            ("https://r.example/x", "http://r.example/y"),
            ("https://r.example/x", "ftp://cdn.example/y"), ("https://r.example/x", "https://u:p@cdn.example/y"),
            ("https://r.example/x", nil),
        ] as [(String, String?)])
    func refuses(origin: String, location: String?) throws {
        #expect(throws: RedirectRefusal.self) { try next(origin, location) }
    }
}
