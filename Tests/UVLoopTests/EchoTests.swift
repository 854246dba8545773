import Testing
import UVLoop

@Suite(.timeLimit(.minutes(2)))
struct EchoTests {
    @Test func everyByteComesBackUnderBackPressure() async throws {
        try await onLoop { station in
            let total = 64 * mebibyte
            let limits = TCPConnection.Limits(lowWaterBytes: 256 << 10, highWaterBytes: 1 << 20, maximumBytes: 4 << 20)
            let (client, server) = try await station.pair(limits: limits)
            let pattern = Pattern()

            var peak = 0
            server.onRead = { bytes in
                do {
                    try server.write(Array(bytes))
                } catch {
                    Issue.record(error)
                }
                peak = max(peak, server.queuedBytes)
                if server.queuedBytes > limits.highWaterBytes { server.pauseReading() }
            }
            server.onDrain = { server.resumeReading() }
            let serverEnd = Promise<UVError?>()
            server.onClose = { serverEnd.fulfil($0) }
            server.resumeReading()

            var sent = 0
            let produce = {
                while sent < total, client.queuedBytes <= limits.highWaterBytes {
                    let count = min(200_000, total - sent)
                    do { try client.write(pattern.bytes(from: sent, count: count)) } catch { Issue.record(error) }
                    sent += count
                }
            }
            client.onDrain = produce

            var received = 0
            var mismatches = 0
            let all = Promise<Void>()
            client.onRead = { bytes in
                if !pattern.matches(bytes, from: received) { mismatches += 1 }
                received += bytes.count
                if received == total { all.fulfil(()) }
            }
            let clientEnd = Promise<UVError?>()
            client.onClose = { error in
                clientEnd.fulfil(error)
                all.fulfil(())
            }
            client.resumeReading()
            produce()

            try await all.value
            #expect(received == total)
            #expect(mismatches == 0)
            #expect(peak <= limits.maximumBytes)
            client.close()
            #expect(try await clientEnd.value == nil)
            #expect(try await serverEnd.value == nil)
        }
    }

    /// Many small writes of one turn arrive in order, and their completions are called in order.
    @Test func smallWritesKeepTheirOrder() async throws {
        try await onLoop { station in
            let (client, server) = try await station.pair()
            let count = 20_000
            var completed: [Int] = []
            var received: [UInt8] = []
            let end = Promise<UVError?>()
            server.onRead = { received += $0 }
            server.onClose = { end.fulfil($0) }
            server.resumeReading()
            for index in 0..<count {
                try client.write([UInt8(truncatingIfNeeded: index), UInt8(truncatingIfNeeded: index >> 8)]) { error in
                    #expect(error == nil)
                    completed.append(index)
                }
            }
            #expect(client.queuedBytes == 2 * count)
            client.close()
            #expect(try await end.value == nil)
            #expect(completed == Array(0..<count))
            #expect(received == (0..<count).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
        }
    }
}
