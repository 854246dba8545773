import Operations

/// Whether the agent is connected to a tracker, and reaches the agents that it was told of.
struct TrackerCheck {
    let settings: SettingsDocument
    let agent: AgentClient

    func findings() async -> [Finding] {
        guard !settings.trackers.isEmpty else {
            return [
                .warning(
                    "tracker", "the agent has none and works alone", do: "start it with --tracker HOST:7600 to share blobs with other nodes"
                )
            ]
        }
        do {
            let transfers: TransfersDocument = try await agent.get("api/v1/transfers")
            let peers: PeersDocument = try await agent.get("api/v1/peers")
            guard transfers.trackerConnected else { return await unconnected() }
            return [.ok("tracker", "connected (\(settings.trackers.joined(separator: ", ")))")] + (reached(peers).map { [$0] } ?? [])
        } catch {
            return [.problem("tracker", "\(error)", do: "look at the agent's log")]
        }
    }

    private func unconnected() async -> [Finding] {
        var findings: [Finding] = []
        for text in settings.trackers {
            guard let address = try? HostPort(parsing: text) else { continue }
            if let refusal = await PortProbe.refusal(at: address) {
                findings.append(
                    .problem(
                        "tracker", "\(address): \(refusal)",
                        do: "start shoal-tracker there, open its port to the nodes, or correct the agent's --tracker"))
            } else {
                findings.append(
                    .problem(
                        "tracker", "\(address) accepts connections, but the agent is not connected",
                        do:
                            "--tracker has to be shoal-tracker's --listen address (7600), not its http; the agent's log says more"
                    ))
            }
        }
        return findings
    }

    private func reached(_ document: PeersDocument) -> Finding? {
        let peers = document.peers
        let connected = peers.count { $0.connected }
        guard !peers.isEmpty else { return nil }
        return connected > 0
            ? .ok("tracker", "\(connected) of \(peers.count) other agents known here are connected")
            : .warning(
                "tracker", "none of \(peers.count) other agents known here is connected",
                do: "normal while nothing is pulled; if pulls take nothing from peers, open the peer port (7700) between the nodes")
    }
}
