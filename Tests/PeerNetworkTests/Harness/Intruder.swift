import Swarm
import UVLoop

/// Raw connections to agents, from a loop of its own.
actor Intruder {
    nonisolated let loop: UVLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }

    init() throws { loop = try UVLoop(name: "intruder") }

    func stop() async throws { try await loop.shutdown() }

    /// Connects, says its piece, and waits until the agent hangs up.
    ///
    /// - Returns: what the agent said.
    func visit(_ address: String, saying bytes: [UInt8]) async throws -> [UInt8] {
        let connection = try await connect(address)
        var heard: [UInt8] = []
        connection.onRead = { heard += $0 }
        try connection.write(bytes)
        connection.resumeReading()
        await end(of: connection)
        return heard
    }

    /// Connects, and says the same over and over until the agent hangs up, without reading.
    func flood(_ address: String, _ greeting: [UInt8], _ burst: [UInt8]) async throws {
        let connection = try await connect(address)
        try connection.write(greeting)
        repeatedly(burst, on: connection)
        await end(of: connection)
    }

    /// Connects, and says one part after the other, each once all pings of the earlier ones have been answered.
    func converse(_ address: String, _ parts: [(bytes: [UInt8], pings: Int)]) async throws {
        let connection = try await connect(address)
        var parser = FrameParser()
        var pongs = 0
        var rest = parts[...]
        var asked = 0
        let whole = AsyncThrowingStream<Never, any Error>.makeStream()
        func goOn() {
            guard pongs == asked else { return }
            guard let part = rest.popFirst() else { return connection.close(within: .seconds(1)) }
            asked += part.pings
            do { try connection.write(part.bytes) } catch { whole.continuation.finish(throwing: error) }
        }
        connection.onRead = { bytes in
            var index = 0
            while let element = try? parser.next(in: bytes, at: &index) {
                if case .message(let type, let payload) = element, (try? PeerMessage.decode(type: type, payload: payload)) == .pong {
                    pongs += 1
                }
            }
            goOn()
        }
        connection.onClose = { _ in
            whole.continuation.finish(throwing: rest.isEmpty && pongs == asked ? nil : TestFailure("\(pongs) of \(asked) pings answered"))
        }
        connection.resumeReading()
        goOn()
        for try await _ in whole.stream {}
    }

    /// Tells a tracker that it holds a blob, at an address where nobody listens, and stays.
    func announce(_ digest: Digest, size: UInt64, to tracker: String) async throws {
        let connection = try await connect(tracker)
        let hello = Hello(role: .agent, node: NodeID(high: 0xbad, low: 1), cluster: "default", zone: "", address: "127.0.0.1:1")
        try connection.write(TrackerRequest.hello(hello).encode())
        try connection.write(TrackerRequest.announce([HeldBlob(digest: digest, size: size)]).encode())
    }

    private func repeatedly(_ burst: [UInt8], on connection: TCPConnection) {
        try? connection.write(burst) { error in
            if error == nil { self.repeatedly(burst, on: connection) }
        }
    }

    private func connect(_ address: String) async throws -> TCPConnection {
        guard let socket = SocketAddress(address) else { throw TestFailure("\(address) is no address") }
        return try await TCPConnection.connect(on: loop, to: socket)
    }

    private func end(of connection: TCPConnection) async {
        await withCheckedContinuation { continuation in connection.onClose = { _ in continuation.resume() } }
    }
}
