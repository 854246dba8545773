import Swarm
import UVLoop

/// Raw connections to agents, from a loop of its own.
actor Intruder {
    nonisolated let loop: UVLoop
    private var dripping: LoopTimer?
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

    /// Shakes hands with an agent, as the node that `announce` speaks for.
    ///
    /// - Parameter answering: what is said, within two seconds or so, to each message that is heard from the agent.
    func befriend(_ address: String, answering: @escaping @Sendable (PeerMessage) -> [UInt8]?) async throws {
        let connection = try await connect(address)
        let greeted = AsyncStream<Void>.makeStream()
        var parser = FrameParser()
        connection.onRead = { bytes in
            var index = 0
            while let element = try? parser.next(in: bytes, at: &index) {
                guard case .message(let type, let payload) = element, let message = try? PeerMessage.decode(type: type, payload: payload)
                else { continue }
                if case .hello = message { greeted.continuation.finish() }
                if let answer = answering(message) { self.drip(answer[...], of: max(200, answer.count / 20), on: connection) }
            }
        }
        try connection.write(PeerMessage.hello(Self.hello).encode())
        connection.resumeReading()
        for await _ in greeted.stream {}
    }

    /// Says it in parts of so many bytes, a tenth of a second apart.
    private func drip(_ bytes: ArraySlice<UInt8>, of count: Int, on connection: TCPConnection) {
        try? connection.write(Array(bytes.prefix(count)))
        let rest = bytes.dropFirst(count)
        guard !rest.isEmpty else { return }
        dripping = LoopTimer(on: loop, after: .milliseconds(100)) { self.drip(rest, of: count, on: connection) }
    }

    private static let hello = Hello(
        role: .agent, node: NodeID(high: 0xbad, low: 1), cluster: "default", zone: "", address: "127.0.0.1:1")

    /// Tells a tracker that it holds a blob, at an address where nobody listens, and stays.
    func announce(_ digest: Digest, size: UInt64, to tracker: String) async throws {
        let connection = try await connect(tracker)
        try connection.write(TrackerRequest.hello(Self.hello).encode())
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
