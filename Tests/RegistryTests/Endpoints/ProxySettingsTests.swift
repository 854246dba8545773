import Testing

@testable import Registry

@Suite struct ProxySettingsTests {
    private static func url(_ text: String) throws -> OriginURL { try #require(OriginURL(parsing: text)) }

    @Test func eachSchemeHasItsProxy() throws {
        let proxies = try ProxySettings(environment: ["HTTP_PROXY": "http://a:3128", "https_proxy": "b:8080", "HTTPS_PROXY": "c:1"])
        #expect(proxies.server(for: try Self.url("http://r.example"))?.host == "a")
        #expect(proxies.server(for: try Self.url("https://r.example")) == ProxyServer(parsing: "http://b:8080"))
        #expect(proxies.server(for: try Self.url("http://127.0.0.1:5000")) == nil)
        #expect(proxies.server(for: try Self.url("https://localhost")) == nil)
        #expect(try ProxySettings(environment: ["HTTPS_PROXY": ""]).server(for: try Self.url("https://r.example")) == nil)
    }

    @Test(
        arguments: [
            ("http://p:3128", ProxyServer.Kind.http, "p", 3128, nil), ("p", .http, "p", 80, nil),
            ("10.0.0.1:8080/", .http, "10.0.0.1", 8080, nil),
            ("http://u:p%40ss@p:1", .http, "p", 1, "u:p@ss"), ("socks5://p", .socks, "p", 1080, nil),
            ("http://[::1]:9", .http, "::1", 9, nil),
        ] as [(String, ProxyServer.Kind, String, Int, String?)])
    func readsProxies(text: String, kind: ProxyServer.Kind, host: String, port: Int, login: String?) throws {
        let server = try #require(ProxyServer(parsing: text))
        #expect(server.kind == kind)
        #expect(server.host == host)
        #expect(server.port == port)
        #expect(server.login?.revealed == login)
    }

    @Test(arguments: ["https://u:hunter2@p:443", "ftp://p", "http://", "http://p:0", "http://hunter2@p", "http://a b"])
    func refusesOthers(text: String) {
        let error = #expect(throws: ProxyError(variable: "HTTPS_PROXY")) { try ProxySettings(environment: ["HTTPS_PROXY": text]) }
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }

    @Test(
        arguments: [
            ("*", "https://r.example", true), ("", "https://r.example", false), ("r.example", "https://r.example", true),
            ("example", "https://r.example", true), ("ample", "https://r.example", false), (".example", "https://r.example", true),
            (".r.example", "https://r.example", false), ("*.example", "https://r.example", true),
            ("*.r.example", "https://r.example", false),
            ("a, R.Example ,b", "https://r.example", true), ("r.example:5000", "https://r.example", false),
            ("r.example:443", "https://r.example", true), ("10.0.0.1", "https://10.0.0.1:5000", true),
            ("10.0.0.1:443", "https://10.0.0.1:5000", false), ("10.0.0.0/9", "http://10.127.0.1", true),
            ("10.0.0.0/9", "http://10.128.0.1", false),
            ("fd00::/8", "http://[fd12::1]", true), ("fd00::1", "http://[fd00::1]", true), ("10.0.0.0/33", "http://10.0.0.1", false),
            ("nonsense/8", "https://r.example", false),
        ])
    func exceptions(list: String, url: String, isExcepted: Bool) throws {
        #expect(NoProxy(list).contains(try Self.url(url)) == isExcepted)
    }
}
