import Testing
import UVLoop

@Suite(.timeLimit(.minutes(1)))
struct AwaitBytesTests {
    /// Nothing is read before enough has come.
    @Test func bytesGather() async throws {
        try await onLoop { station in
            let (client, server) = try await station.pair()
            var received = 0
            var (isSecondSent, cameTooSoon) = (false, false)
            client.awaitBytes(40_000)
            client.onRead = {
                if !isSecondSent { cameTooSoon = true }
                received += $0.count
                client.awaitBytes(1)
            }
            let end = Promise<UVError?>()
            client.onClose = { end.fulfil($0) }
            client.resumeReading()
            try server.write([UInt8](repeating: 1, count: 20_000))
            // Turns of the loop enough for the first bytes to be seen, were they looked at.
            for _ in 0..<2 { try await roundTrip(on: station.pair(), in: station) }
            isSecondSent = true
            try server.write([UInt8](repeating: 2, count: 20_000))
            server.close(within: .seconds(10))
            #expect(try await end.value == nil)
            #expect(received == 40_000)
            #expect(!cameTooSoon)
        }
    }

    /// A byte goes to the other end and back.
    private func roundTrip(on pair: (client: TCPConnection, server: TCPConnection), in station: isolated LoopActor) async throws {
        let back = Promise<Void>()
        pair.server.onRead = { _ in try? pair.server.write([2]) }
        pair.client.onRead = { _ in back.fulfil(()) }
        pair.server.resumeReading()
        pair.client.resumeReading()
        try pair.client.write([1])
        try await back.value
        pair.client.abort()
        pair.server.abort()
    }

    /// Whoever promised more and hangs up is read to the end.
    @Test func theEndOfTheStreamCountsAsEnough() async throws {
        try await onLoop { station in
            let (client, server) = try await station.pair()
            var received = 0
            client.awaitBytes(1 << 20)
            client.onRead = { received += $0.count }
            let end = Promise<UVError?>()
            client.onClose = { end.fulfil($0) }
            client.resumeReading()
            try server.write([1, 2, 3])
            server.close(within: .seconds(10))
            #expect(try await end.value == nil)
            #expect(received == 3)
        }
    }
}
