import NIOConcurrencyHelpers
import NIOCore
import Swarm
import Testing

@testable import Registry

/// What the client answers to a registry that wants to know who asks.
@Suite struct OriginCredentialsTests {
    private typealias Client = OriginClientTests
    private let directory: TestDirectory

    init() throws { directory = try TestDirectory() }

    /// Runs `body` with a client whose password for `registry.test` is `secret`, in a file.
    private func withPassword(
        _ script: @escaping @Sendable (RawMessage) -> [ScriptedOrigin.Step], _ body: (OriginClient, ScriptedOrigin) async throws -> Void
    ) async throws {
        var settings = CredentialSettings()
        settings.passwordFiles["registry.test"] = PasswordFile(username: "robot", path: try directory.write("password", "secret"))
        try await withCredentials(settings, script, body)
    }

    private func withCredentials(
        _ settings: CredentialSettings, _ script: @escaping @Sendable (RawMessage) -> [ScriptedOrigin.Step],
        _ body: (OriginClient, ScriptedOrigin) async throws -> Void
    ) async throws {
        try await ScriptedOrigin.with(script) { origin in
            try await Rig.client(of: origin, credentials: try Credentials(settings, logger: Rig.silent)) { try await body($0, origin) }
        }
    }

    private static func read(_ client: OriginClient) async throws -> String {
        let response = try await client.fetch(Client.blob, Client.digest)
        return try await Client.text(response)
    }

    private static func basic(_ text: String) -> String { "Basic " + Base64.encode(Array(text.utf8)) }

    private static func bearer(_ request: RawMessage) -> [ScriptedOrigin.Step] {
        ScriptedOrigin.ok("", [#"WWW-Authenticate: Bearer realm="http://\#(request["host"] ?? "")/token",service="s""#], status: "401 No")
    }

    @Test func basicIsRemembered() async throws {
        try await withPassword { request in
            request["authorization"] == Self.basic("robot:secret")
                ? ScriptedOrigin.ok(Client.content) : ScriptedOrigin.ok("", [#"WWW-Authenticate: Basic realm="r""#], status: "401 No")
        } _: { client, origin in
            for _ in 0..<2 {
                let response = try await client.fetch(Client.blob, Client.digest)
                #expect(try await Client.text(response) == Client.content)
            }
            #expect(origin.requests.map { $0["authorization"] != nil } == [false, true, true])
        }
    }

    /// One that has changed is read again; one that has not is not tried twice.
    @Test func aRefusedPasswordIsReadAgain() async throws {
        try await withPassword { request in
            request["authorization"] == Self.basic("robot:new")
                ? ScriptedOrigin.ok(Client.content) : ScriptedOrigin.ok("", [#"WWW-Authenticate: Basic realm="r""#], status: "401 No")
        } _: { client, origin in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            guard case .unauthorized = error?.reason else { Issue.record("\(String(describing: error))"); return }
            #expect(origin.requests.count == 2)
            try directory.write("password", "new")
            let response = try await client.fetch(Client.blob, Client.digest)
            #expect(try await Client.text(response) == Client.content)
            #expect(origin.requests.count == 4)
        }
    }

    @Test func aPasswordBuysAToken() async throws {
        try await withPassword { request in
            if request.target.hasPrefix("/token") {
                return request["authorization"] == Self.basic("robot:secret")
                    ? ScriptedOrigin.ok(#"{"token":"t1","expires_in":300}"#) : ScriptedOrigin.ok("{}", status: "401 No")
            }
            return request["authorization"] == "Bearer t1" ? ScriptedOrigin.ok(Client.content) : Self.bearer(request)
        } _: { client, origin in
            for _ in 0..<2 {
                let text = try await Self.read(client)
                #expect(text == Client.content)
            }
            #expect(origin.requests.count == 4)
            #expect(origin.requests[1].target == "/token?service=s&scope=repository%3Aorg%2Fapp%3Apull")
        }
    }

    /// The registry says that a token is over before its time: one new one is asked for.
    @Test func aRefusedTokenIsReplacedOnce() async throws {
        let tokens = NIOLockedValueBox(0)
        try await withPassword { request in
            if request.target.hasPrefix("/token") {
                return ScriptedOrigin.ok(#"{"token":"t\#(tokens.withLockedValue { $0 += 1; return $0 })","expires_in":300}"#)
            }
            // The first token is not good for a part, the second for everything but the manifest.
            let good = request["range"] == nil ? ["Bearer t1", "Bearer t2"] : ["Bearer t2"]
            let isGood = !request.target.contains("manifests") && good.contains(request["authorization"] ?? "")
            return isGood ? ScriptedOrigin.ok(Client.content) : Self.bearer(request)
        } _: { client, origin in
            _ = try await Self.read(client)
            let again = try await client.fetch(Client.blob, Client.digest, byteRange: 0..<10)
            #expect(try await Client.text(again) == Client.content)
            #expect(tokens.withLockedValue { $0 } == 2)
            let before = origin.requests.count
            let error = await Client.error { try await client.fetch(Client.manifest, Client.digest) }
            guard case .unauthorized = error?.reason else { Issue.record("\(String(describing: error))"); return }
            // With the old token, for a new one, with that; the password has not changed.
            #expect(origin.requests.count == before + 3)
        }
    }

    @Test func manyRequestsCostOneToken() async throws {
        let tokens = NIOLockedValueBox(0)
        try await withPassword { request in
            if request.target.hasPrefix("/token") {
                tokens.withLockedValue { $0 += 1 }
                return ScriptedOrigin.ok(#"{"token":"t","expires_in":300}"#)
            }
            return request["authorization"] == "Bearer t" ? ScriptedOrigin.ok(Client.content) : Self.bearer(request)
        } _: { client, _ in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<16 { group.addTask { try await Self.read(client) } }
                for try await text in group { #expect(text == Client.content) }
            }
            #expect(tokens.withLockedValue { $0 } == 1)
        }
    }

    /// OAuth 2.0 where the server knows it, else the token as a password.
    @Test(arguments: ["200 OK", "400 Bad", "401 No", "404 Not Found", "405 Not Allowed"])
    func identityTokens(status: String) async throws {
        let isKnown = status == "200 OK"
        try await ScriptedOrigin.with { request in
            if request.method == "POST" { return ScriptedOrigin.ok(isKnown ? #"{"access_token":"t"}"# : "no", status: status) }
            if request.target.hasPrefix("/token") {
                return request["authorization"] == Self.basic("u:idt") ? ScriptedOrigin.ok(#"{"token":"t"}"#) : [.reset]
            }
            return request["authorization"] == "Bearer t" ? ScriptedOrigin.ok(Client.content) : Self.bearer(request)
        } _: { origin in
            var settings = CredentialSettings()
            settings.dockerDocument = #"{"auths":{"127.0.0.1:\#(origin.port)":{"auth":"dTo=","identitytoken":"idt"}}}"#
            try await Rig.client(of: origin, credentials: try Credentials(settings, logger: Rig.silent)) { client in
                let text = try await Self.read(client)
                #expect(text == Client.content)
                #expect(origin.requests.map(\.method) == (isKnown ? ["GET", "POST", "GET"] : ["GET", "POST", "GET", "GET"]))
                #expect(origin.requests[1].target == "/token")
                #expect(origin.requests[1]["authorization"] == nil)
            }
        }
    }

    /// Docker's credentials belong to a server: another one that serves the registry is not told them.
    @Test func dockersCredentialsAreForTheirServer() async throws {
        var settings = CredentialSettings()
        settings.dockerDocument = #"{"auths":{"registry.test":{"username":"robot","password":"secret"}}}"#
        try await withCredentials(settings) { request in
            ScriptedOrigin.ok("", [#"WWW-Authenticate: Basic realm="r""#], status: "401 No")
        } _: { client, origin in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            guard case .unauthorized = error?.reason else { Issue.record("\(String(describing: error))"); return }
            #expect(origin.requests.map { $0["authorization"] } == [nil])
        }
    }

    @Test func noPasswordForAForeignRealm() async throws {
        try await withPassword { _ in
            ScriptedOrigin.ok("", [#"WWW-Authenticate: Bearer realm="https://token.example/t""#], status: "401 No")
        } _: { client, origin in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            guard case .badAnswer(let text) = error?.reason else { Issue.record("\(String(describing: error))"); return }
            #expect(text.contains("token.example"))
            #expect(origin.requests.count == 1)
        }
    }

    /// A redirect takes nothing along, and what it leads to is not told who we are even when it asks.
    @Test func noPasswordForARedirect() async throws {
        try await ScriptedOrigin.with { request in
            ScriptedOrigin.ok("", [#"WWW-Authenticate: Basic realm="r""#], status: "401 No")
        } _: { store in
            try await withPassword { request in
                request["authorization"] == nil
                    ? ScriptedOrigin.ok("", [#"WWW-Authenticate: Basic realm="r""#], status: "401 No")
                    : [.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: \(store.url)/blob\r\nContent-Length: 0\r\n\r\n")]
            } _: { client, _ in
                let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
                guard case .unauthorized = error?.reason else { Issue.record("\(String(describing: error))"); return }
                #expect(!store.requests.isEmpty && store.requests.allSatisfy { $0["authorization"] == nil })
            }
        }
    }
}
