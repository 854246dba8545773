import Operations
import Testing

@Suite struct HostPortTests {
    @Test(arguments: [
        ("127.0.0.1:5000", "127.0.0.1", 5000, "127.0.0.1:5000"),
        ("tracker.shoal.svc:7600", "tracker.shoal.svc", 7600, "tracker.shoal.svc:7600"),
        (":7600", "0.0.0.0", 7600, "0.0.0.0:7600"),
        ("localhost:0", "localhost", 0, "localhost:0"),
        ("[::1]:65535", "::1", 65535, "[::1]:65535"),
        ("[fe80::1%eth0]:1", "fe80::1%eth0", 1, "[fe80::1%eth0]:1"),
    ])
    func reads(text: String, host: String, port: UInt16, printed: String) throws {
        let address = try HostPort(parsing: text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == printed)
        #expect(HostPort(argument: printed) == address)
    }

    @Test(arguments: [
        ("", HostPortError.missingPort("")),
        ("localhost", .missingPort("localhost")),
        ("localhost:", .badPort("localhost:")),
        ("localhost:65536", .badPort("localhost:65536")),
        ("localhost:+80", .badPort("localhost:+80")),
        ("localhost:-1", .badPort("localhost:-1")),
        ("::1:80", .bareIPv6("::1:80")),
        ("[::1:80", .badHost("[::1:80")),
        ("[]:80", .badHost("[]:80")),
        ("[localhost]:80", .badHost("[localhost]:80")),
        ("http://a:80", .bareIPv6("http://a:80")),
        ("a b:80", .badHost("a b:80")),
        ("a/b:80", .badHost("a/b:80")),
    ])
    func refuses(text: String, error: HostPortError) {
        #expect(throws: error) { try HostPort(parsing: text) }
        #expect(HostPort(argument: text) == nil)
        #expect(!error.description.isEmpty)
    }

    @Test(arguments: [
        ("127.0.0.1:1", true), ("127.8.9.10:1", true), ("localhost:1", true), ("[::1]:1", true), (":1", false), ("10.0.0.1:1", false),
        ("node.example:1", false),
    ])
    func tellsLoopback(text: String, expected: Bool) throws {
        #expect(try HostPort(parsing: text).isLoopback == expected)
    }
}
