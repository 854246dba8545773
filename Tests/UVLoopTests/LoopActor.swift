import Testing
import UVLoop

/// An actor whose executor is a loop, as the product's are: tests run their bodies in it.
actor LoopActor {
    nonisolated let loop: UVLoop

    init(_ loop: UVLoop) { self.loop = loop }

    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    func run<Value: Sendable>(_ body: @Sendable (isolated LoopActor) async throws -> Value) async throws -> Value {
        try await body(self)
    }

    /// Two ends of one loopback connection, neither reading yet.
    func pair(limits: TCPConnection.Limits = .init()) async throws -> (client: TCPConnection, server: TCPConnection) {
        let listener = try TCPListener(on: loop, limits: limits)
        defer { listener.close() }
        try listener.bind(host: "127.0.0.1", port: 0)
        var accepted: TCPConnection?
        let arrival = Promise<Void>()
        listener.onConnection = { connection in
            accepted = connection
            arrival.fulfil(())
        }
        try listener.listen()
        let address = try #require(listener.localAddress)
        let client = try await TCPConnection.connect(on: loop, to: address, limits: limits)
        try await arrival.value
        return (client, try #require(accepted))
    }
}

/// Runs `body` on a loop of its own, and checks that nothing is left when it ends: `shutdown` throws unless `uv_loop_close` is 0.
func onLoop(_ body: @Sendable (isolated LoopActor) async throws -> Void) async throws {
    let loop = try UVLoop(name: "test")
    let outcome: Result<Void, any Error>
    do {
        outcome = .success(try await LoopActor(loop).run(body))
    } catch {
        outcome = .failure(error)
    }
    try await loop.shutdown()
    try outcome.get()
}
