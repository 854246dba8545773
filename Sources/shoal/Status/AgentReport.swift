import Operations

/// All that `shoal status` shows.
struct AgentReport: Codable, Sendable {
    let node: String
    let trackerConnected: Bool
    let transfers: [TransfersDocument.Transfer]
    let peers: [PeersDocument.Peer]
    let held: Held

    struct Held: Codable, Sendable {
        let count: Int
        let bytes: UInt64
        let partialBytes: UInt64
        let quotaBytes: UInt64?
        let blobs: [BlobDocument]
    }

    static func fetch(from agent: String) async throws -> AgentReport {
        let base = agent.hasSuffix("/") ? String(agent.dropLast()) : agent
        return try await CommandHTTP.with { http in
            let agent = AgentClient(base: base, http: http)
            let transfers: TransfersDocument = try await agent.get("api/v1/transfers")
            let peers: PeersDocument = try await agent.get("api/v1/peers")
            let blobs: BlobsDocument = try await agent.get("api/v1/blobs")
            return AgentReport(
                node: transfers.node, trackerConnected: transfers.trackerConnected, transfers: transfers.transfers, peers: peers.peers,
                held: Held(
                    count: blobs.count, bytes: blobs.bytes, partialBytes: blobs.partialBytes, quotaBytes: blobs.quotaBytes,
                    blobs: blobs.blobs))
        }
    }

    /// The report as a person reads it.
    var table: String {
        let quota = held.quotaBytes.map { " of \(ByteCount.size($0))" } ?? ""
        let store = "holds \(held.count) blobs, uses \(ByteCount.size(held.bytes + held.partialBytes))\(quota)"
        var lines = ["node \(node)   tracker \(trackerConnected ? "connected" : "not connected")   \(store)"]
        let active = transfers.filter { $0.state == "active" }
        lines += ["", "TRANSFERS (\(active.count) active, \(transfers.count - active.count) finished lately)"]
        lines += transfers.suffix(20).map { transfer in
            let size = transfer.size.map { ByteCount.size($0) } ?? "?"
            let share = transfer.size.map { $0 == 0 ? 100 : Int(100 * transfer.bytesVerified / $0) } ?? 0
            let rate = transfer.seconds > 0 ? ByteCount.rate(bytesPerSecond: Double(transfer.bytesVerified) / transfer.seconds) : "-"
            return "  \(transfer.digest.prefix(19))  \(transfer.state)  \(share)% of \(size)  \(rate)"
                + "  origin \(ByteCount.size(transfer.bytesFromOrigin))  peers \(ByteCount.size(transfer.bytesFromPeers))"
        }
        lines += ["", "PEERS (\(peers.filter(\.connected).count) connected)"]
        lines += peers.map { peer in
            "  \(peer.node.prefix(8))  \(peer.address)  zone \(peer.zone)  \(peer.connected ? "connected" : "gone")"
                + "  received \(ByteCount.size(peer.bytesReceived))  sent \(ByteCount.size(peer.bytesSent))"
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Why there is no status to show.
enum StatusError: Error, CustomStringConvertible {
    case unreachable(String, String)
    case notAnAgent(String, String)

    var description: String {
        switch self {
        case .unreachable(let url, let why): "\(url) cannot be reached: \(why): is the agent running, and is --agent its admin address?"
        case .notAnAgent(let url, let why): "\(url): \(why): --agent must be an agent's admin address, such as http://127.0.0.1:7701"
        }
    }
}
