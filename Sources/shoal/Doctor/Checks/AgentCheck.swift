import Operations

/// Whether there is an agent.
enum AgentCheck {
    static func found(_ settings: SettingsDocument, at base: String) -> Finding {
        .ok("agent", "\(base) answers: node \(settings.node), zone \(settings.zone)")
    }

    static func silent(_ base: String, _ error: StatusError) -> Finding {
        switch error {
        case .unreachable:
            .problem(
                "agent", "\(base) does not answer",
                do: "start it (shoal agent --tracker HOST:7600), look at its log, or give its admin address with --agent")
        case .notAnAgent:
            .problem(
                "agent", "\(base) is not this version's agent: \(error)",
                do: "give the agent's admin address with --agent, and have agent and `shoal doctor` be of one version")
        }
    }

    /// Whether the usual ports of an agent that is not there are somebody else's.
    static func takenPorts() async -> [Finding] {
        var findings: [Finding] = []
        for (flag, address) in [("mirror", AgentCommand.usualMirror), ("peer", AgentCommand.usualPeer)] {
            guard await PortProbe.refusal(at: address) == nil else { continue }
            findings.append(
                .problem(
                    "ports", "something listens on \(address), where the agent's \(flag) would",
                    do: "see what it is (ss -ltnp sport = :\(address.port)) and stop it, or start the agent with another --\(flag)"))
        }
        return findings
    }
}
