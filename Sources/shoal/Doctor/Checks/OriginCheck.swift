import FoundationEssentials

/// Whether registries answer the agent: there, with its tokens and certificates, not from this command.
struct OriginCheck {
    /// A clock that is off by more makes certificates and tokens invalid.
    private static let clockLimitSeconds = 60

    let agent: AgentClient
    /// Registries that runtimes pull from through the agent.
    let used: [String]
    /// Registries that the agent was told of.
    let configured: Set<String>

    func findings() async -> [Finding] {
        let query = used.isEmpty ? "" : "?names=\(used.joined(separator: ","))"
        do {
            let document: RegistriesDocument = try await agent.get("api/v1/registries\(query)", seconds: 40)
            return document.registries.map(finding) + [Self.clock(document.registries)]
        } catch {
            return [.problem("origin", "\(error)", do: "look at the agent's log")]
        }
    }

    private func finding(_ registry: RegistriesDocument.Registry) -> Finding {
        let what = "\(registry.name) at \(registry.url)"
        let reason = registry.reason ?? ""
        switch registry.state {
        case .answers: return .ok("origin", "\(what) answers")
        case .wantsCredentials:
            return .problem(
                "credentials", "\(what) answers, and gives the agent nothing: \(reason)",
                do: "see that the agent has credentials that it accepts; without, runtimes have to pull from it by themselves")
        case .refusesTokens:
            return .warning(
                "credentials", "\(what) answers, and gives no token for a look around: \(reason)",
                do: "see whether an image can be pulled: shoal doctor --image \(registry.name)/REPOSITORY:TAG")
        case .limits:
            return .warning("origin", "\(what) limits requests: \(reason)", do: "wait; what nodes hold is served meanwhile")
        case .fails:
            let message = "\(what) does not answer: \(reason)"
            let remedy =
                "correct the agent's --registry \(registry.name)=URL, or see to name resolution and firewalls; what nodes hold is served meanwhile"
            // The default registry is asked for though perhaps nobody uses it.
            let isUsed = used.contains(registry.name) || configured.contains(registry.name)
            return isUsed ? .problem("origin", message, do: remedy) : .warning("origin", message, do: "if images come from it: \(remedy)")
        }
    }

    /// The registry that agrees best tells: one may be wrong itself.
    private static func clock(_ registries: [RegistriesDocument.Registry]) -> Finding {
        guard let ahead = registries.compactMap(\.clockAheadSeconds).min(by: { abs($0) < abs($1) }) else {
            return .skipped("clock", "no registry told the time")
        }
        guard abs(ahead) > clockLimitSeconds else { return .ok("clock", "agrees with the registries' to \(abs(ahead)) s") }
        return .problem(
            "clock", "this machine's is \(abs(ahead)) s \(ahead > 0 ? "ahead of" : "behind") the registries'",
            do: "set it (timedatectl set-ntp true): certificates and tokens are invalid at the wrong time")
    }
}
