import NIOConcurrencyHelpers
import Testing

@testable import Registry

@Suite struct CredentialsTests {
    private let directory: TestDirectory
    private let clock = NIOLockedValueBox(ContinuousClock.now)

    init() throws { directory = try TestDirectory() }

    private func credentials(_ adjust: (inout CredentialSettings) throws -> Void) throws -> Credentials {
        var settings = CredentialSettings()
        settings.helperSearchPath = directory.path
        try adjust(&settings)
        let clock = clock
        return try Credentials(settings, logger: Rig.silent, now: { clock.withLockedValue { $0 } })
    }

    @Test func passwordFilesArePrivate() throws {
        let path = try directory.write("password", "secret\n", mode: 0o640)
        #expect(throws: CredentialError.exposed(path: path, mode: 0o640)) {
            try credentials { $0.passwordFiles["r.example"] = PasswordFile(username: "robot", path: path) }
        }
        #expect(throws: CredentialError.self) {
            try credentials { $0.passwordFiles["r.example"] = PasswordFile(username: "robot", path: "\(directory.path)/none") }
        }
        let empty = try directory.write("empty", "\n")
        #expect(throws: CredentialError.empty(path: empty)) {
            try credentials { $0.passwordFiles["r.example"] = PasswordFile(username: "robot", path: empty) }
        }
        #expect(throws: CredentialError.self) {
            try credentials { $0.passwordFiles["r.example"] = PasswordFile(username: "robot", path: directory.path) }
        }
    }

    @Test func passwordsAreReadAgainWhenRefused() async throws {
        let path = try directory.write("password", "old\r\n")
        let credentials = try credentials { $0.passwordFiles["R.example"] = PasswordFile(username: "robot", path: path) }
        #expect(await credentials.own(for: "r.example") == .password(username: "robot", Secret("old")))
        try directory.write("password", "new")
        #expect(await credentials.own(for: "r.example") == .password(username: "robot", Secret("old")))
        await credentials.renew()
        #expect(await credentials.own(for: "r.example") == .password(username: "robot", Secret("new")))
        try directory.write("password", "newer", mode: 0o644)
        await credentials.renew()
        #expect(await credentials.own(for: "r.example") == .password(username: "robot", Secret("new")))
    }

    @Test func theEnvironmentComesBeforeTheFile() async throws {
        let path = try directory.write(
            "config.json", #"{"auths":{"a.example":{"username":"f","password":"p"},"b.example":{"username":"f","password":"p"}}}"#)
        let credentials = try credentials {
            $0.dockerPath = path
            $0.dockerDocument = #"{"auths":{"a.example":{"username":"e","password":"p"}}}"#
        }
        #expect(await credentials.docker(for: "a.example", repository: "x") == .password(username: "e", Secret("p")))
        #expect(await credentials.docker(for: "b.example", repository: "x") == .password(username: "f", Secret("p")))
        try directory.write("config.json", #"{"auths":{"b.example":{"username":"g","password":"p"}}}"#)
        await credentials.renew()
        #expect(await credentials.docker(for: "b.example", repository: "x") == .password(username: "g", Secret("p")))
        try directory.write("config.json", "broken")
        await credentials.renew()
        #expect(await credentials.docker(for: "b.example", repository: "x") == .password(username: "g", Secret("p")))
    }

    /// A helper's answer is kept for five minutes, also that it has none or fails, and asked for anew when it was refused.
    @Test func helpersAreAskedNowAndThen() async throws {
        try directory.helper(
            "test",
            """
            echo x >> "\(directory.path)/count"
            printf '{"Username":"u%s","Secret":"s"}' $(wc -l < "\(directory.path)/count")
            """)
        let credentials = try credentials {
            $0.dockerDocument = """
                {"credHelpers":{"r.example":"test"},"credsStore":"none","auths":{"s.example":{"username":"f","password":"p"}}}
                """
        }
        func username() async -> String? {
            guard case .password(let username, _)? = await credentials.docker(for: "r.example", repository: "x") else { return nil }
            return username
        }
        #expect(await username() == "u1")
        #expect(await username() == "u1")
        clock.withLockedValue { $0 += Credentials.helperLifetime }
        #expect(await username() == "u2")
        await credentials.renew()
        #expect(await username() == "u2")
        clock.withLockedValue { $0 += Credentials.helperRest }
        await credentials.renew()
        #expect(await username() == "u3")
        #expect(await credentials.docker(for: "s.example", repository: "x") == .password(username: "f", Secret("p")))
        #expect(await credentials.docker(for: "t.example", repository: "x") == nil)
    }
}
