import Glibc
import Testing

@testable import UVLoop

@Suite(.timeLimit(.minutes(2)))
struct SendFileTests {
    /// Ranges of one file, each behind a small message, as the piece protocol sends them.
    @Test(arguments: [64 << 10, 256 << 10, 3_000_001])
    func smallMessagesAndFileRangesKeepTheirOrder(rangeBytes: Int) async throws {
        try await onLoop { station in
            let total = 64 * mebibyte
            let pattern = Pattern()
            let file = try await station.loop.work { try pattern.file(count: total) }
            let limits = TCPConnection.Limits(maximumBytes: 2 * total)
            let (client, server) = try await station.pair(limits: limits)

            // The stream as it should be: a message of 7 bytes before each range. `sections` are (start in stream, length, start in pattern).
            var sections: [(start: Int, count: Int, position: Int)] = []
            var length = 0
            for position in stride(from: 0, to: total, by: rangeBytes) {
                let count = min(rangeBytes, total - position)
                let marker = 31 * sections.count
                sections.append((length, 7, marker))
                sections.append((length + 7, count, position))
                length += 7 + count
                try server.write(pattern.bytes(from: marker, count: 7))
                try server.sendFile(file, offset: UInt64(position), count: count)
            }
            #expect(server.queuedBytes == length)

            var received = 0
            var section = 0
            var mismatches = 0
            client.onRead = { bytes in
                var rest = bytes[...]
                while !rest.isEmpty, section < sections.count {
                    let (start, count, position) = sections[section]
                    let part = rest.prefix(start + count - received)
                    if !pattern.matches(UnsafeRawBufferPointer(rebasing: part), from: position + received - start) { mismatches += 1 }
                    received += part.count
                    rest = rest.dropFirst(part.count)
                    if received == start + count { section += 1 }
                }
            }
            let end = Promise<UVError?>()
            client.onClose = { end.fulfil($0) }
            client.resumeReading()
            server.close(within: .seconds(60))
            #expect(try await end.value == nil)
            #expect(received == length)
            #expect(mismatches == 0)
        }
    }

    /// One small range at a time, behind a header: what the loop sends by itself when the file lies in memory, and the pool when it does not.
    @Test(arguments: [true, false])
    func singleRangesArriveWholeAndInOrder(isInMemory: Bool) async throws {
        try await onLoop { station in
            let (total, rangeBytes) = (4 * mebibyte, 64 << 10)
            let pattern = Pattern()
            let written = try pattern.file(count: total)
            // A file that was empty when it was opened is one of which nothing is known.
            let file = isInMemory ? try OpenFile(duplicating: written.descriptor) : written
            #expect(file.isInMemory(offset: 0, count: rangeBytes) == isInMemory)
            let (client, server) = try await station.pair()
            var (received, mismatches) = (0, 0)
            let end = Promise<UVError?>()
            client.onRead = { bytes in
                var rest = bytes[...]
                while !rest.isEmpty {
                    // Each range comes behind 13 bytes of its own beginning.
                    let (range, position) = received.quotientAndRemainder(dividingBy: rangeBytes + 13)
                    let isHeader = position < 13
                    let part = rest.prefix(isHeader ? 13 - position : rangeBytes + 13 - position)
                    let expected = range * rangeBytes + (isHeader ? position : position - 13)
                    if !pattern.matches(UnsafeRawBufferPointer(rebasing: part), from: expected) { mismatches += 1 }
                    received += part.count
                    rest = rest.dropFirst(part.count)
                }
            }
            client.onClose = { end.fulfil($0) }
            client.resumeReading()
            for position in stride(from: 0, to: total, by: rangeBytes) {
                let sent = Promise<UVError?>()
                try server.write(pattern.bytes(from: position, count: 13))
                try server.sendFile(file, offset: UInt64(position), count: rangeBytes) { sent.fulfil($0) }
                #expect(try await sent.value == nil)
            }
            server.close(within: .seconds(60))
            #expect(try await end.value == nil)
            #expect(received == total / rangeBytes * (rangeBytes + 13))
            #expect(mismatches == 0)
        }
    }

    /// A reader that stops and goes on makes the sender wait for writability over and over.
    @Test func aHaltingReaderGetsTheWholeFile() async throws {
        try await onLoop { station in
            let total = 64 * mebibyte
            let pattern = Pattern()
            let file = try await station.loop.work { try pattern.file(count: total) }
            let (client, server) = try await station.pair(limits: .init(maximumBytes: 2 * total))
            var received = 0
            var mismatches = 0
            var untilPause = 5 * mebibyte
            client.onRead = { bytes in
                if !pattern.matches(bytes, from: received) { mismatches += 1 }
                received += bytes.count
                untilPause -= bytes.count
                guard untilPause <= 0 else { return }
                untilPause = 5 * mebibyte
                client.pauseReading()
                _ = LoopTimer(on: station.loop, after: .milliseconds(5)) { client.resumeReading() }
            }
            let end = Promise<UVError?>()
            let sent = Promise<UVError?>()
            client.onClose = { end.fulfil($0) }
            client.resumeReading()
            try server.sendFile(file, offset: 0, count: total) { sent.fulfil($0) }
            #expect(try await sent.value == nil)
            #expect(server.queuedBytes == 0)
            server.close(within: .seconds(60))
            #expect(try await end.value == nil)
            #expect(received == total)
            #expect(mismatches == 0)
        }
    }

    /// Also when it was cut off after it had been opened.
    @Test(arguments: [100_000, 1_000_000])
    func aFileShorterThanPromisedBreaksTheConnection(opened count: Int) async throws {
        try await onLoop { station in
            let pattern = Pattern()
            let written = try pattern.file(count: count)
            let file = try OpenFile(duplicating: written.descriptor)
            #expect(ftruncate(file.descriptor, 100_000) == 0)
            let (client, server) = try await station.pair()
            client.resumeReading()
            let sent = Promise<UVError?>()
            let end = Promise<UVError?>()
            server.onClose = { end.fulfil($0) }
            try server.sendFile(file, offset: 50_000, count: 100_000) { sent.fulfil($0) }
            #expect(try await sent.value?.code == .endOfFile)
            let error = try #require(try await end.value)
            #expect(error.code == .endOfFile)
            #expect("\(error)".contains("50000 bytes before"))
        }
    }

    /// The descriptors stay valid for the batch that is under way, whichever end goes first.
    @Test(arguments: [true, false], 0..<8)
    func closingDuringATransfer(senderAborts: Bool, round: Int) async throws {
        try await onLoop { station in
            let total = 16 * mebibyte
            let pattern = Pattern()
            let (client, server) = try await station.pair(limits: .init(maximumBytes: 2 * total))
            let sent = Promise<UVError?>()
            let end = Promise<UVError?>()
            let peerEnd = Promise<UVError?>()
            server.onClose = { end.fulfil($0) }
            client.onClose = { peerEnd.fulfil($0) }
            var received = 0
            client.onRead = { bytes in
                received += bytes.count
                guard received > round * mebibyte else { return }
                if senderAborts { server.abort() } else { client.abort() }
            }
            server.resumeReading()
            client.resumeReading()
            // The only other reference to the file is the transfer's own.
            try server.sendFile(try pattern.file(count: total), offset: 0, count: total) { sent.fulfil($0) }
            #expect(try await sent.value != nil)
            let error = try await end.value
            let peerError = try await peerEnd.value
            if senderAborts {
                #expect(error == nil)
                #expect(try #require(peerError).code == .connectionReset)
            } else {
                #expect(peerError == nil)
                #expect([.connectionReset, .brokenPipe].contains(try #require(error).code))
            }
        }
    }
}
