import Operations

/// Whether the agent's sockets can be connected to from this machine.
struct PortCheck {
    let settings: SettingsDocument

    func findings() async -> [Finding] {
        var findings: [Finding] = []
        for (name, text) in [("mirror", settings.mirror), ("peer", settings.peer)] {
            guard let text, let address = try? HostPort(parsing: text) else {
                findings.append(.problem("ports", "the \(name) socket does not listen", do: "the agent's log says why: restart the agent"))
                continue
            }
            if let refusal = await PortProbe.refusal(at: address) {
                findings.append(
                    .problem(
                        "ports", "\(name) \(address): \(refusal)",
                        do: "allow connections to it in this machine's firewall, or restart the agent"))
            } else {
                findings.append(.ok("ports", "\(name) \(address) accepts connections"))
            }
        }
        if let warning = unreachableForOthers { findings.append(warning) }
        return findings
    }

    /// Agents elsewhere cannot come to a loopback address.
    private var unreachableForOthers: Finding? {
        let told = settings.advertise ?? settings.peer
        let trackers = settings.trackers.compactMap { try? HostPort(parsing: $0) }
        guard (try? HostPort(parsing: told))?.isLoopback == true, trackers.contains(where: { !$0.isLoopback }) else { return nil }
        return .problem(
            "ports", "other agents are told to come to \(told), which is each machine's own",
            do: "start the agent with --peer 0.0.0.0:7700, or --advertise with an address that they reach")
    }
}
