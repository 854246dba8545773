import Operations
import Testing

@Suite struct NamedURLTests {
    @Test(arguments: [
        ("docker.io=http://127.0.0.1:5001", "docker.io", "http://127.0.0.1:5001"),
        ("localhost:5000=https://registry.example/prefix/", "localhost:5000", "https://registry.example/prefix"),
    ])
    func reads(text: String, name: String, url: String) throws {
        let parsed = try #require(NamedURL(parsing: text))
        #expect(parsed.name == name)
        #expect(parsed.url == url)
        #expect(NamedURL(argument: parsed.description) == parsed)
    }

    @Test(arguments: [
        "", "docker.io", "=http://a", "docker.io=", "docker.io=a:1", "docker.io=ftp://a", "docker.io=http://", "a/b=http://c",
        "a=http://b?c",
    ])
    func refuses(text: String) {
        #expect(NamedURL(parsing: text) == nil)
    }
}
