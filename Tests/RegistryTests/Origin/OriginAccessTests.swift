import NIOCore
import Registry
import Swarm
import Testing

/// Redirects and anonymous tokens: where the client goes, and what it takes along.
@Suite struct OriginAccessTests {
    private typealias Client = OriginClientTests

    @Test func followsRedirects() async throws {
        try await withOrigin { request in
            switch request.target {
            case "/b?sig=1": [.send("HTTP/1.1 302 Found\r\nLocation: c\r\nContent-Length: 0\r\n\r\n")]
            case "/c": ScriptedOrigin.ok(Client.content)
            default: [.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: /b?sig=1\r\nContent-Length: 2\r\n\r\nxx")]
            }
        } body: { client, origin in
            let response = try await client.fetch(Client.blob, Client.digest)
            #expect(try await Client.text(response) == Client.content)
            #expect(origin.requests.map(\.target) == ["/v2/org/app/blobs/\(Client.digest)", "/b?sig=1", "/c"])
        }
    }

    @Test func stopsAfterFiveRedirects() async throws {
        try await withOrigin { _ in
            [.send("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")]
        } body: { client, origin in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            #expect(error?.reason == .badAnswer("more than 5 redirects"))
            #expect(origin.requests.count == 6)
        }
    }

    @Test(arguments: ["", "Location: ftp://x/\r\n", "Location: http://user@127.0.0.1/\r\n"])
    func refusesMalformedRedirects(field: String) async throws {
        try await withOrigin { _ in
            [.send("HTTP/1.1 302 Found\r\n\(field)Content-Length: 0\r\n\r\n")]
        } body: { client, _ in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            guard case .badAnswer = error?.reason else { Issue.record("\(String(describing: error))"); return }
        }
    }

    /// The registry's token reaches the registry, and not the server that it redirects to.
    @Test func getsATokenAndKeepsItToItself() async throws {
        try await ScriptedOrigin.with { _ in
            ScriptedOrigin.ok(Client.content)
        } _: { store in
            try await withOrigin { request in
                if request.target.hasPrefix("/token") { return ScriptedOrigin.ok(#"{"token":"secret","expires_in":300}"#) }
                guard request["authorization"] == "Bearer secret" else {
                    let realm = "http://\(request["host"] ?? "")/token"
                    return ScriptedOrigin.ok(
                        "", [#"WWW-Authenticate: Bearer realm="\#(realm)",service="a b",scope="repository:org/app:pull other""#],
                        status: "401 No")
                }
                return [.send("HTTP/1.1 307 Temporary Redirect\r\nLocation: \(store.url)/blob\r\nContent-Length: 0\r\n\r\n")]
            } body: { client, origin in
                for _ in 0..<2 {
                    let response = try await client.fetch(Client.blob, Client.digest)
                    #expect(try await Client.text(response) == Client.content)
                }
                let path = "/v2/org/app/blobs/\(Client.digest)"
                #expect(
                    origin.requests.map(\.target) == [
                        path, "/token?service=a%20b&scope=repository%3Aorg%2Fapp%3Apull&scope=other", path, path,
                    ])
                #expect(store.requests.count == 2)
                #expect(store.requests.allSatisfy { $0["authorization"] == nil })
            }
        }
    }

    @Test func asksForATokenOnlyOnce() async throws {
        try await withOrigin { request in
            if request.target.hasPrefix("/token") { return ScriptedOrigin.ok(#"{"access_token":"useless"}"#) }
            return ScriptedOrigin.ok("", [#"WWW-Authenticate: Bearer realm="http://\#(request["host"] ?? "")/token""#], status: "401 No")
        } body: { client, origin in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            guard case .unauthorized(let challenge?) = error?.reason else { Issue.record("\(String(describing: error))"); return }
            #expect(challenge.scheme == "bearer")
            #expect(origin.requests.count == 3)
        }
    }

    @Test(arguments: ["http://10.0.0.1/token", "https://token.example/t", "http://169.254.169.254/latest", "nonsense"])
    func asksNoForeignRealm(realm: String) async throws {
        try await withOrigin { _ in
            ScriptedOrigin.ok("", [#"WWW-Authenticate: Bearer realm="\#(realm)""#], status: "401 No")
        } body: { client, origin in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            guard case .badAnswer = error?.reason else { Issue.record("\(String(describing: error))"); return }
            #expect(origin.requests.count == 1)
        }
    }

    @Test(arguments: ["{}", "nope", #"{"token":"a\r\nb: c"}"#])
    func refusesMalformedTokens(answer: String) async throws {
        try await withOrigin { request in
            if request.target.hasPrefix("/token") { return ScriptedOrigin.ok(answer) }
            return ScriptedOrigin.ok("", [#"WWW-Authenticate: Bearer realm="http://\#(request["host"] ?? "")/token""#], status: "401 No")
        } body: { client, _ in
            let error = await Client.error { try await client.fetch(Client.blob, Client.digest) }
            #expect(error?.reason == .badAnswer("the token server's answer holds no token"))
        }
    }
}
