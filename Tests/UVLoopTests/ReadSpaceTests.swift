import Testing
import UVLoop

@Suite(.timeLimit(.minutes(1)))
struct ReadSpaceTests {
    /// Whoever knows where the next bytes belong gets them there, and never more than it has room for.
    @Test(arguments: [100, 4096, 100_000, 1 << 20])
    func bytesLandWhereTheyBelong(spaceBytes: Int) async throws {
        try await onLoop { station in
            let total = 8 * mebibyte
            let pattern = Pattern()
            let (client, server) = try await station.pair()
            let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: total, alignment: 64)
            defer { memory.deallocate() }
            var (received, direct, mismatches) = (0, 0, 0)
            // Every other MiB is read into its own place, in portions; the rest into the loop's memory.
            client.readSpace = {
                let left = mebibyte - received % mebibyte
                guard received < total, (received / mebibyte).isMultiple(of: 2) else { return nil }
                return UnsafeMutableRawBufferPointer(rebasing: memory[received..<received + min(left, spaceBytes)])
            }
            client.onRead = { bytes in
                if !pattern.matches(bytes, from: received) { mismatches += 1 }
                if let base = memory.baseAddress, bytes.baseAddress == UnsafeRawPointer(base + received) { direct += bytes.count }
                received += bytes.count
            }
            let end = Promise<UVError?>()
            client.onClose = { end.fulfil($0) }
            client.resumeReading()
            try server.write(pattern.bytes(from: 0, count: total))
            server.close(within: .seconds(60))
            #expect(try await end.value == nil)
            #expect(received == total)
            #expect(mismatches == 0)
            // Reads into the loop's memory may reach into a part that has its own.
            #expect(direct > 0)
            #expect(direct <= total / 2)
        }
    }

    @Test func noMemoryMeansTheLoopsOwn() async throws {
        try await onLoop { station in
            let (client, server) = try await station.pair()
            var received: [UInt8] = []
            client.readSpace = { UnsafeMutableRawBufferPointer(start: nil, count: 0) }
            client.onRead = { received += $0 }
            let end = Promise<UVError?>()
            client.onClose = { end.fulfil($0) }
            client.resumeReading()
            try server.write([1, 2, 3])
            server.close()
            #expect(try await end.value == nil)
            #expect(received == [1, 2, 3])
        }
    }
}
