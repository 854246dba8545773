import Glibc
import Testing
import UVLoop

@Suite(.timeLimit(.minutes(2)))
struct ConnectionTests {
    @Test func aReaderThatStopsBoundsTheQueue() async throws {
        try await onLoop { station in
            let limits = TCPConnection.Limits(
                lowWaterBytes: 64 << 10, highWaterBytes: 256 << 10, maximumBytes: 1 << 20, maximumWrites: 1000)
            let (client, server) = try await station.pair(limits: limits)
            let pattern = Pattern()
            var accepted = 0
            var refusal: UVError?
            var failures = 0
            // The client does not read: the system's buffers fill, then the queue, then writing is refused.
            for _ in 0..<4096 where refusal == nil {
                do throws(UVError) {
                    try server.write(pattern.bytes(from: accepted, count: 10_000)) { if $0 != nil { failures += 1 } }
                    accepted += 10_000
                } catch {
                    refusal = error
                }
                if accepted % 500_000 == 0 { await Task.yield() }
            }
            #expect(refusal?.code == .noBufferSpace)
            #expect(server.queuedBytes <= limits.maximumBytes)
            #expect(server.queuedBytes > limits.highWaterBytes)

            let drained = Promise<Void>()
            server.onDrain = {
                #expect(server.queuedBytes <= limits.lowWaterBytes)
                drained.fulfil(())
            }
            var received = 0
            var mismatches = 0
            client.onRead = { bytes in
                if !pattern.matches(bytes, from: received) { mismatches += 1 }
                received += bytes.count
            }
            let end = Promise<UVError?>()
            client.onClose = { end.fulfil($0) }
            client.resumeReading()
            try await drained.value
            server.close()
            #expect(try await end.value == nil)
            #expect(received == accepted)
            #expect(mismatches == 0)
            #expect(failures == 0)
        }
    }

    @Test func tooManySmallWritesAreRefused() async throws {
        try await onLoop { station in
            let (client, _) = try await station.pair(limits: .init(maximumWrites: 10))
            for _ in 0..<10 { try client.write([1]) }
            let error = #expect(throws: UVError.self) { try client.write([1]) }
            #expect(error?.code == .noBufferSpace)
        }
    }

    @Test func anAbortReachesThePeerAsReset() async throws {
        try await onLoop { station in
            let (client, server) = try await station.pair()
            let end = Promise<UVError?>()
            var closes = 0
            server.onClose = { error in
                closes += 1
                end.fulfil(error)
            }
            server.resumeReading()
            let ownEnd = Promise<UVError?>()
            client.onClose = { ownEnd.fulfil($0) }
            client.abort()
            #expect(throws: UVError.self) { try client.write([1]) }
            #expect(try await ownEnd.value == nil)
            #expect(try await end.value?.code == .connectionReset)
            server.close()
            server.abort()
            await Task.yield()
            #expect(closes == 1)
        }
    }

    /// A peer that does not read cannot hold a closing connection for ever.
    @Test func closingIsBounded() async throws {
        try await onLoop { station in
            let (_, server) = try await station.pair()
            let end = Promise<UVError?>()
            let lost = Promise<UVError?>()
            server.onClose = { end.fulfil($0) }
            try server.write([UInt8](repeating: 7, count: 32 * mebibyte)) { lost.fulfil($0) }
            server.close(within: .milliseconds(50))
            #expect(try await end.value?.code == .timedOut)
            #expect(try await lost.value?.code == .timedOut)
        }
    }

    /// A peer that has shut down its sending side still gets the answer.
    @Test func aHalfClosedPeerGetsWhatIsQueued() async throws {
        try await onLoop { station in
            let (client, server) = try await station.pair()
            let size = 4 * mebibyte
            server.onRead = { _ in
                do { try server.write([UInt8](repeating: 9, count: size)) } catch { Issue.record(error) }
            }
            server.resumeReading()
            let end = Promise<UVError?>()
            server.onClose = { end.fulfil($0) }
            try client.write([1])
            client.close()  // sends, then FIN, then drops what comes
            #expect(try await end.value == nil)
            #expect(server.queuedBytes == 0)
        }
    }

    @Test func connectingWhereNobodyListensIsRefused() async throws {
        try await onLoop { station in
            let listener = try TCPListener(on: station.loop)
            try listener.bind(host: "127.0.0.1", port: 0)  // holds the port, does not listen
            let address = try #require(listener.localAddress)
            let error = await #expect(throws: UVError.self) {
                _ = try await TCPConnection.connect(on: station.loop, to: address)
            }
            #expect(error?.code == .connectionRefused)
            #expect(error?.description.contains("\(address)") == true)
        }
    }

    /// Linux drops connection requests to a listener whose backlog is full, which looks like a host that does not answer.
    @Test func connectingTimesOut() async throws {
        try await onLoop { station in
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { Glibc.close(descriptor) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            try withUnsafeMutablePointer(to: &address) { pointer in
                try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    try #require(Glibc.bind(descriptor, address, length) == 0)
                    try #require(Glibc.listen(descriptor, 0) == 0)
                    try #require(getsockname(descriptor, address, &length) == 0)
                }
            }
            let peer = try #require(SocketAddress(host: "127.0.0.1", port: UInt16(bigEndian: address.sin_port)))
            var failure: UVError?
            for _ in 0..<8 where failure == nil {
                do throws(UVError) {
                    _ = try await TCPConnection.connect(on: station.loop, to: peer, timeout: .milliseconds(100))
                } catch {
                    failure = error
                }
            }
            #expect(failure?.code == .timedOut)
        }
    }

    @Test func aTakenPortIsNamedWithARemedy() async throws {
        try await onLoop { station in
            let first = try TCPListener(on: station.loop)
            try first.bind(host: "127.0.0.1", port: 0)
            try first.listen()
            let address = try #require(first.localAddress)
            let error = #expect(throws: UVError.self) {
                let second = try TCPListener(on: station.loop)
                try second.bind(to: address)
                try second.listen()
            }
            #expect(error?.code == .addressInUse)
            #expect(error?.description.contains("another process holds the port") == true)
        }
    }

    /// The loopback addresses that this machine has: containers often lack IPv6's.
    private static let loopbackHosts: [String] = {
        let descriptor = socket(AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(descriptor) }
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_addr = in6addr_loopback
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in6>.size))
            }
        }
        return status == 0 ? ["127.0.0.1", "::1"] : ["127.0.0.1"]
    }()

    @Test(arguments: loopbackHosts)
    func bothEndsAgreeOnTheirAddresses(host: String) async throws {
        try await onLoop { station in
            let listener = try TCPListener(on: station.loop)
            try listener.bind(host: host, port: 0)
            let arrival = Promise<(SocketAddress?, SocketAddress?)>()
            listener.onConnection = { arrival.fulfil(($0.remoteAddress, $0.localAddress)) }
            try listener.listen()
            let address = try #require(listener.localAddress)
            #expect(address.host == host)
            #expect(address.port != 0)
            let client = try await TCPConnection.connect(on: station.loop, to: address)
            let (remote, local) = try await arrival.value
            #expect(client.remoteAddress == address)
            #expect(local == address)
            #expect(client.localAddress == remote)
        }
    }

    @Test func twoHundredConnectionsOpenAndClose() async throws {
        try await onLoop { station in
            let listener = try TCPListener(on: station.loop)
            try listener.bind(host: "127.0.0.1", port: 0)
            listener.onConnection = { connection in
                connection.onRead = { bytes in
                    do { try connection.write(Array(bytes)) } catch { Issue.record(error) }
                }
                connection.resumeReading()
            }
            try listener.listen()
            let address = try #require(listener.localAddress)
            var clients: [TCPConnection] = []
            var ends: [Promise<UVError?>] = []
            for index in 0..<200 {
                let client = try await TCPConnection.connect(on: station.loop, to: address)
                let end = Promise<UVError?>()
                client.onClose = { end.fulfil($0) }
                client.onRead = { bytes in
                    #expect(Array(bytes) == [UInt8(index)])
                    if index.isMultiple(of: 2) { client.close() } else { client.abort() }
                }
                client.resumeReading()
                clients.append(client)
                ends.append(end)
            }
            for (index, client) in clients.enumerated() { try client.write([UInt8(index)]) }
            for end in ends { #expect(try await end.value == nil) }
        }
    }
}
