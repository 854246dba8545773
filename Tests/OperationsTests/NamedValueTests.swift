import Operations
import Testing

@Suite struct NamedValueTests {
    @Test(arguments: [("docker.io=robot", "docker.io", "robot"), ("localhost:5000=/a=b", "localhost:5000", "/a=b")])
    func reads(text: String, name: String, value: String) {
        let found = NamedValue(parsing: text)
        #expect(found?.name == name)
        #expect(found?.value == value)
        #expect(found?.description == text)
    }

    @Test(arguments: ["", "docker.io", "=x", "docker.io=", "a b=c", "a/b=c"])
    func refuses(text: String) {
        #expect(NamedValue(parsing: text) == nil)
    }
}
