import Testing
import UVLoop

struct SocketAddressTests {
    @Test(arguments: ["127.0.0.1:0", "10.1.2.3:65535", "[::1]:80", "[2001:db8::ff]:7000", "[::]:1"])
    func parsesAndPrintsAlike(text: String) throws {
        #expect(try #require(SocketAddress(text)).description == text)
    }

    @Test(arguments: [
        "", ":80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:+1", "127.0.0.1: 1", "::1:80", "[::1]",
        "[::1:80",
        "[127.0.0.1]:80", "host:80", "256.0.0.1:1", "[fe80]:1",
    ])
    func refusesWhatIsNoAddress(text: String) {
        #expect(SocketAddress(text) == nil)
    }

    @Test(arguments: [
        ("tracker.example:7000", "tracker.example", 7000), ("[::1]:80", "::1", 80), ("10.0.0.1:9", "10.0.0.1", 9),
    ])
    func splitsNamesToo(text: String, host: String, port: Int) throws {
        let (foundHost, foundPort) = try #require(SocketAddress.split(text))
        #expect(foundHost == host)
        #expect(Int(foundPort) == port)
    }

    @Test func mappedAddressesAreIPv4() throws {
        #expect(SocketAddress("[::ffff:10.0.0.1]:5") == SocketAddress("10.0.0.1:5"))
    }
}
