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
            // Time enough for the first bytes to be seen, were they looked at.
            try await Task.sleep(for: .milliseconds(100))
            isSecondSent = true
            try server.write([UInt8](repeating: 2, count: 20_000))
            server.close(within: .seconds(10))
            #expect(try await end.value == nil)
            #expect(received == 40_000)
            #expect(!cameTooSoon)
        }
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
