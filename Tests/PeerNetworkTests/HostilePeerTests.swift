import PeerNetwork
import Swarm
import Testing
import UVLoop

/// Peers that do not keep to the protocol, on raw sockets.
@Suite(.timeLimit(.minutes(2)))
struct HostilePeerTests {
    /// Bytes after the handshake that no peer may send.
    enum Breach: CaseIterable {
        case oversizedFrame, emptyFrame, unknownMessage, truncatedMessage, dataBeyondEveryPiece, unknownChannel, secondHello

        var bytes: [UInt8] {
            switch self {
            case .oversizedFrame: [0x40, 0, 0, 0, 8]
            case .emptyFrame: [0, 0, 0, 0, 0]
            case .unknownMessage: [0, 0, 0, 1, 99]
            case .truncatedMessage: [0, 0, 0, 3, 5, 0, 0]
            case .dataBeyondEveryPiece: DataFrame(channel: 1, piece: 0, offset: .max, count: 16).encodeHeader()
            case .unknownChannel: PeerMessage.request(channel: 77, piece: 0).encode()
            case .secondHello: PeerMessage.hello(Self.hello).encode()
            }
        }

        static let node = NodeID(high: 0xbad, low: 0xbad)
        static let hello = Hello(role: .agent, node: node, cluster: "default", zone: "", address: "127.0.0.1:1")
    }

    @Test(arguments: Breach.allCases)
    func whoBreaksTheProtocolIsBanned(breach: Breach) async throws {
        try await Cluster.with(TestOrigin([]), hasTracker: false) { cluster in
            let agent = try await cluster.agent()
            let intruder = try Intruder()
            let greeting = PeerMessage.hello(Breach.hello).encode()
            // Cut off at once, and so is whoever comes with that name again.
            _ = try await intruder.visit(agent.address, saying: greeting + breach.bytes)
            _ = try await intruder.visit(agent.address, saying: greeting)
            try await intruder.stop()
            let bans = agent.counts.log.filter { $0.contains("peer banned") && $0.contains("\(Breach.node)") }
            #expect(bans.count == 1)
        }
    }

    /// Somebody who is no peer at all is cut off, and nobody is banned for it.
    @Test func aStrangerIsCutOff() async throws {
        try await Cluster.with(TestOrigin([]), hasTracker: false) { cluster in
            let agent = try await cluster.agent()
            let intruder = try Intruder()
            _ = try await intruder.visit(agent.address, saying: Array("GET / HTTP/1.1\r\n\r\n".utf8))
            try await intruder.stop()
            #expect(!agent.counts.log.contains { $0.contains("peer banned") })
        }
    }

    /// A peer that talks without end and reads nothing: clients are served meanwhile.
    @Test func aFloodDoesNotKeepTheAgentFromItsWork() async throws {
        let content = try Content(size: 1_000_000)
        try await Cluster.with(TestOrigin([content])) { cluster in
            let agents = try await cluster.agents(2)
            let intruder = try Intruder()
            let burst = Array(repeatElement(PeerMessage.ping.encode(), count: 10_000).joined())
            let flood = Task { try await intruder.flood(agents[0].address, PeerMessage.hello(Breach.hello).encode(), burst) }
            for agent in agents { #expect(try await agent.read(content) == content.bytes) }
            try await intruder.stop()
            try await flood.value
        }
    }

    /// More messages at once than are taken in at a time, then a data frame: what follows later is not left waiting for bytes that came before.
    @Test func whatComesAfterABurstIsHeard() async throws {
        let content = try Content(size: 300_000)
        try await Cluster.with(TestOrigin([content])) { cluster in
            let agent = try await cluster.agent()
            _ = try await agent.read(content)
            let ping = PeerMessage.ping.encode()
            let opening = PeerMessage.hello(Breach.hello).encode() + PeerMessage.open(channel: 1, digest: content.digest).encode() + ping
            let frame = DataFrame(channel: 1, piece: 0, offset: 0, count: 8000).encodeHeader() + [UInt8](repeating: 0, count: 8000)
            let burst = Array(repeatElement(ping, count: 63).joined()) + frame
            let intruder = try Intruder()
            try await intruder.converse(agent.address, [(opening, 1), (burst, 63), (ping, 1)])
            try await intruder.stop()
        }
    }

    /// Somebody tells the tracker a wrong size: no client hears of it, and the blob is right.
    @Test(arguments: [1, 40_000, PieceLayout.blobSizeLimit])
    func aPeersWordOnTheSizeIsNotHandedOn(size: UInt64) async throws {
        let content = try Content(size: 300_000)
        try await Cluster.with(TestOrigin([content])) { cluster in
            let agent = try await cluster.agent()
            let intruder = try Intruder()
            try await intruder.announce(content.digest, size: size, to: try #require(await cluster.trackerAddress))
            try await eventually("the tracker knows it") { await cluster.tracker?.memberCount == 1 }
            let reader = try await agent.agent.open(content.digest, at: TestOrigin.location)
            #expect(reader.size == 300_000)
            #expect(try await agent.read(reader, from: 0, to: 300_000) == content.bytes)
            await agent.agent.close(reader)
            try await intruder.stop()
        }
    }
}
