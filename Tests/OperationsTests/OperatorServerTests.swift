import CoreMetrics
import Foundation
import FoundationNetworking
import Logging
import Operations
import ServiceLifecycle
import Testing

@Suite struct OperatorServerTests {
    private struct Swarm: Encodable {
        let digest: String
        let members: Int
    }

    private let logger = Logger(label: "test") { _ in LineLogHandler(logLevel: .critical) }

    private func server(
        on address: HostPort = HostPort(host: "127.0.0.1", port: 0), readiness: Readiness = .ready,
        onListening: @escaping @Sendable (HostPort) async -> Void = { _ in }
    ) -> OperatorServer {
        let metrics = PrometheusRegistry(logger: logger)
        metrics.counter("shoal_tracker_joins_total", help: "Joins.").increment(by: 3)
        return OperatorServer(
            option: "http", address: address, metrics: metrics, logger: logger, readiness: { readiness }, onListening: onListening
        ) { routes in
            routes.get("swarms") { _ in [Swarm(digest: "sha256:a", members: 2)] }
            routes.get("swarms/{digest}") { request in
                let digest = try request.parameter("digest")
                guard digest == "sha256:a" else { throw OperatorError.notFound("no swarm \(digest)") }
                return Swarm(digest: digest, members: Int(request.query("n") ?? "") ?? 0)
            }
            routes.get("broken") { _ -> Swarm in throw CocoaError(.fileNoSuchFile) }
        }
    }

    /// Runs a server, gives the base URL to the body, and shuts the server down gracefully.
    private func serve(readiness: Readiness = .ready, _ body: (String) async throws -> Void) async throws {
        let (addresses, found) = AsyncStream.makeStream(of: HostPort.self)
        let group = ServiceGroup(services: [server(readiness: readiness) { found.yield($0) }], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await address in addresses {
                #expect(address.port != 0)
                try await body("http://\(address)")
                break
            }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
        }
    }

    private func fetch(_ url: String, method: String = "GET", body: Data? = nil) async throws -> (status: Int, type: String, text: String) {
        var request = URLRequest(url: try #require(URL(string: url)))
        request.httpMethod = method
        request.httpBody = body
        let session = URLSession(configuration: .ephemeral)
        defer { session.invalidateAndCancel() }
        let (data, response) = try await session.data(for: request)
        let answer = try #require(response as? HTTPURLResponse)
        return (answer.statusCode, answer.value(forHTTPHeaderField: "Content-Type") ?? "", String(decoding: data, as: UTF8.self))
    }

    @Test(arguments: [
        ("/healthz", 200, "text/plain; charset=utf-8", "ok"),
        ("/readyz", 200, "application/json", #"{"ready":true,"reasons":[]}"#),
        ("/api/v1/swarms", 200, "application/json", #"[{"digest":"sha256:a","members":2}]"#),
        ("/api/v1/swarms/sha256%3Aa?n=7", 200, "application/json", #"{"digest":"sha256:a","members":7}"#),
        ("/nowhere", 404, "application/json", #"{"error":"no such path: /nowhere"}"#),
        ("/api/v1/swarms/x", 404, "application/json", #"{"error":"no swarm x"}"#),
        ("/api/v1/broken", 500, "application/json", #"{"error":"internal error; the log says more"}"#),
    ])
    func everyPathAnswers(path: String, status: Int, type: String, text: String) async throws {
        try await serve { base in
            let answer = try await fetch(base + path)
            #expect(answer == (status, type, text + "\n"))
        }
    }

    @Test func metricsAreInPrometheusText() async throws {
        try await serve { base in
            let answer = try await fetch("\(base)/metrics")
            #expect(answer.type == "text/plain; version=0.0.4; charset=utf-8")
            #expect(answer.text.contains("\nshoal_tracker_joins_total 3\n"))
        }
    }

    @Test(arguments: [("POST", nil, 404), ("POST", "x", 413), ("HEAD", nil, 200)] as [(String, String?, Int)])
    func otherMethods(method: String, body: String?, status: Int) async throws {
        try await serve { base in
            let answer = try await fetch("\(base)/healthz", method: method, body: body.map { Data($0.utf8) })
            #expect(answer.status == status)
        }
    }

    @Test func unreadyIs503WithReasons() async throws {
        try await serve(readiness: .notReady(["no tracker"])) { base in
            let answer = try await fetch("\(base)/readyz")
            #expect(answer.status == 503)
            #expect(answer.text == #"{"ready":false,"reasons":["no tracker"]}"# + "\n")
        }
    }

    @Test func aTakenPortIsOneClearError() async throws {
        try await serve { base in
            let address = try HostPort(parsing: String(base.dropFirst("http://".count)))
            await #expect(throws: ListenError(option: "http", address: address, code: EADDRINUSE)) { try await server(on: address).run() }
        }
        let error = ListenError(option: "http", address: HostPort(host: "::1", port: 1), code: EADDRINUSE)
        #expect(error.description.hasPrefix("cannot listen on [::1]:1 (--http): the port is in use;"))
    }

    @Test func anUnknownHostIsOneClearError() async throws {
        let address = HostPort(host: "nowhere.invalid", port: 0)
        await #expect(throws: ListenError(option: "http", address: address, code: 0)) { try await server(on: address).run() }
    }
}
