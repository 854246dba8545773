import Testing

@testable import Registry

/// Real programs, in a directory of the test's own.
@Suite struct CredentialHelperTests {
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    private func helper(timeout: Duration = .seconds(30)) -> CredentialHelper {
        CredentialHelper(name: "test", searchPath: "/nonexistent:\(directory.path)", timeout: timeout)
    }

    private func error(timeout: Duration = .seconds(30)) async -> CredentialError? {
        do {
            _ = try await helper(timeout: timeout).credential(for: "r.example")
            return nil
        } catch {
            return error
        }
    }

    @Test func isGivenTheServerAndSaysWhoWeAre() async throws {
        try directory.helper("test", #"read server; printf '{"ServerURL":"x","Username":"u-%s-%s","Secret":"s"}' "$server" "$1""#)
        let found = try await helper().credential(for: "r.example")
        #expect(found == .password(username: "u-r.example-get", Secret("s")))
    }

    @Test func mayGiveAnIdentityToken() async throws {
        try directory.helper("test", #"echo '{"Username":"<token>","Secret":"t"}'"#)
        #expect(try await helper().credential(for: "r.example") == .identityToken(Secret("t"), username: ""))
    }

    @Test(arguments: ["echo credentials not found in native keychain; exit 1", #"echo '{"Username":"","Secret":""}'"#])
    func mayKnowNothing(script: String) async throws {
        try directory.helper("test", script)
        #expect(try await helper().credential(for: "r.example") == nil)
    }

    @Test(
        arguments: [
            ("echo hunter2; exit 3", "ended with 3"), ("kill -TERM $$", "ended with 143"), ("echo hunter2", "something else than JSON"),
            ("exec cat /dev/zero", "said more than"),
        ])
    func failures(script: String, what: String) async throws {
        try directory.helper("test", script)
        let error = await error()
        #expect(error.map { "\($0)" }?.contains(what) == true)
        #expect(error.map { "\($0)" }?.contains("docker-credential-test") == true)
        #expect(error.map { "\($0)" }?.contains("hunter2") == false)
    }

    /// What it starts ends with it, so nothing keeps its output open.
    @Test func mayNotTakeForEver() async throws {
        try directory.helper("test", "sleep 600 & sleep 600")
        let start = ContinuousClock.now
        #expect(await error(timeout: .milliseconds(200)).map { "\($0)" }?.contains("took longer than") == true)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func mustBeThere() async {
        #expect(await error() == .noHelper(name: "test"))
    }

    /// Descriptors of this process are none of its business: it has its three, and what its shell opens.
    @Test func inheritsNothing() async throws {
        let file = try TestFile([1, 2, 3])
        let open = file.open()
        try directory.helper("test", #"printf '{"Username":"%s","Secret":"s"}' "$(ls -l /proc/$$/fd | grep -c \#(file.path))""#)
        #expect(try await helper().credential(for: "r.example") == .password(username: "0", Secret("s")))
        withExtendedLifetime(open) {}
    }
}
