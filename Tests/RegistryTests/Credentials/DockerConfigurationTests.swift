import Testing

@testable import Registry

@Suite struct DockerConfigurationTests {
    private func configuration(_ json: String) throws -> DockerConfiguration {
        try DockerConfiguration(parsing: Array(json.utf8), path: "config.json")
    }

    /// The base64 is of `robot:pass:word`.
    @Test(
        arguments: [
            (#"{"auths":{"ghcr.io":{"auth":"cm9ib3Q6cGFzczp3b3Jk"}}}"#, "ghcr.io"),
            (#"{"auths":{"https://ghcr.io":{"auth":"cm9ib3Q6cGFzczp3b3Jk"}}}"#, "ghcr.io"),
            (#"{"auths":{"GHCR.io/v2/":{"auth":"cm9ib3Q6cGFzczp3b3Jk"}}}"#, "ghcr.io"),
            (#"{"auths":{"https://index.docker.io/v1/":{"auth":"cm9ib3Q6cGFzczp3b3Jk"}}}"#, "docker.io"),
            (#"{"auths":{"docker.io":{"auth":"cm9ib3Q6cGFzczp3b3Jk"}}}"#, "docker.io"),
            (#"{"auths":{"http://localhost:5000/v1/":{"username":"robot","password":"pass:word"}}}"#, "localhost:5000"),
            (#"{"auths":{"r.example":{"username":"robot","password":"pass:word"}},"detachKeys":"ctrl-e"}"#, "r.example"),
        ])
    func findsPasswords(json: String, registry: String) throws {
        let found = try configuration(json)
        #expect(found.credential(for: registry, repository: "org/app") == .password(username: "robot", Secret("pass:word")))
        #expect(found.credential(for: "other.example", repository: "org/app") == nil)
    }

    @Test func findsTokens() throws {
        let found = try configuration(
            #"{"auths":{"a.example":{"auth":"MDAwMDo=","identitytoken":"idt"},"b.example":{"registrytoken":"rt"},"c.example":{}}}"#)
        #expect(found.credential(for: "a.example", repository: "x") == .identityToken(Secret("idt"), username: "0000"))
        #expect(found.credential(for: "b.example", repository: "x") == .registryToken(Secret("rt")))
        #expect(found.credential(for: "c.example", repository: "x") == nil)
    }

    /// Podman keeps credentials for a part of a registry too; the smallest part counts.
    @Test(
        arguments: [
            ("org/team/app", "c"), ("org/team", "c"), ("org/teams", "b"), ("org", "b"), ("organ", "a"), ("other/org/team", "a"),
        ])
    func partsOfARegistry(repository: String, username: String) throws {
        let found = try configuration(
            """
            {"auths":{"quay.io":{"username":"a","password":"p"},"quay.io/org":{"username":"b","password":"p"},
            "quay.io/org/team":{"username":"c","password":"p"}}}
            """)
        #expect(found.credential(for: "quay.io", repository: repository) == .password(username: username, Secret("p")))
    }

    @Test func findsHelpers() throws {
        let found = try configuration(
            #"{"credHelpers":{"1.dkr.ecr.eu.amazonaws.com":"ecr-login","https://gcr.io":"gcr"},"credsStore":"pass"}"#)
        #expect(found.helper(for: "1.dkr.ecr.eu.amazonaws.com") == .init(name: "ecr-login", server: "1.dkr.ecr.eu.amazonaws.com"))
        #expect(found.helper(for: "gcr.io") == .init(name: "gcr", server: "https://gcr.io"))
        #expect(found.helper(for: "quay.io") == .init(name: "pass", server: "quay.io"))
        #expect(found.helper(for: "docker.io") == .init(name: "pass", server: "https://index.docker.io/v1/"))
        #expect(try configuration("{}").helper(for: "quay.io") == nil)
        let long = "quay.io/" + String(repeating: "a", count: 5000)
        #expect(try configuration(#"{"credHelpers":{"\#(long)":"x"}}"#).helper(for: "quay.io") == nil)
    }

    @Test(arguments: [
        "", "[]", "{", #"{"auths":[]}"#, #"{"auths":{"r.example":{"auth":"!!!"}}}"#, #"{"auths":{"r.example":{"auth":"cm9ib3Q="}}}"#,
        #"{"credsStore":"../evil"}"#, #"{"credHelpers":{"r.example":"a b"}}"#, #"{"credHelpers":{"r.example":".x"}}"#,
    ])
    func refuses(json: String) {
        let error = #expect(throws: CredentialError.self) { try configuration(json) }
        #expect(error.map { "\($0)".contains("config.json") } == true)
    }

    @Test func nothingOfTheFileIsInAnError() {
        let error = #expect(throws: CredentialError.self) { try configuration(#"{"auths":{"r.example":{"password":hunter2}}}"#) }
        #expect(error.map { "\($0)".contains("hunter2") } == false)
    }

    @Test func readsADirectory() throws {
        let directory = try TestDirectory()
        let missing = CredentialError.unreadable(path: "\(directory.path)/config.json", reason: "No such file or directory")
        #expect(throws: missing) { try DockerConfiguration(readingFrom: directory.path) }
        try directory.write("config.json", #"{"credsStore":"pass"}"#, mode: 0o644)
        #expect(try DockerConfiguration(readingFrom: directory.path).helper(for: "quay.io")?.name == "pass")
        #expect(try DockerConfiguration(readingFrom: directory.path + "/config.json").helper(for: "quay.io")?.name == "pass")
        #expect(throws: CredentialError.self) { try DockerConfiguration(readingFrom: directory.path + "/none.json") }
    }

    @Test func thereIsABound() {
        let json = #"{"auths":{}}"# + String(repeating: " ", count: DockerConfiguration.limitBytes)
        let error = CredentialError.tooLarge(path: "config.json", limitBytes: DockerConfiguration.limitBytes)
        #expect(throws: error) { try configuration(json) }
    }
}
