import FoundationEssentials
import Operations
import Swarm

/// Looks at one thing after another. What the agent has to say comes first: the other checks need it.
struct Doctor: Sendable {
    let agent: AgentClient
    let runtimes: [RuntimeChoice]
    let image: Reference?

    func findings() async -> [Finding] {
        // What an agent on another machine is for, and where its files are, cannot be seen from here.
        let isHere = HostPort.ofURL(agent.base)?.isLoopback ?? false
        let settings: SettingsDocument
        do throws(StatusError) {
            settings = try await agent.get("api/v1/settings")
        } catch {
            let findings = [AgentCheck.silent(agent.base, error)]
            guard isHere else { return findings }
            return await findings + AgentCheck.takenPorts() + RuntimeCheck(choices: runtimes, mirror: nil, dockerHost: nil).findings()
        }
        let mirror = settings.mirror.flatMap { try? HostPort(parsing: $0) }
        let speaksTLS = settings.mirrorSpeaksTLS ?? false
        let environment = ProcessInfo.processInfo.environment
        let runtimes = RuntimeCheck(
            choices: runtimes, mirror: mirror, speaksTLS: speaksTLS, dockerHost: environment["DOCKER_HOST"])
        var findings = [AgentCheck.found(settings, at: agent.base)]
        if isHere { findings += await PortCheck(settings: settings).findings() }
        findings += await TrackerCheck(settings: settings, agent: agent).findings()
        let origins = OriginCheck(agent: agent, used: isHere ? runtimes.registries() : [], configured: Set(settings.registries.keys))
        findings += await origins.findings()
        if let image { findings.append(await ImageCheck(image: image, mirror: mirror, speaksTLS: speaksTLS, http: agent.http).finding()) }
        findings.append(DiskCheck.finding(settings, isHere: isHere))
        if isHere, let address = runtimes.dockerToAsk {
            let dockerd = DockerDaemonCheck(http: agent.http, mirror: address, speaksTLS: speaksTLS, host: environment["DOCKER_HOST"])
            findings.append(await dockerd.finding())
        }
        findings += isHere ? runtimes.findings() : [.skipped("runtime", "the agent is on another machine: run `shoal doctor` there")]
        return findings
    }
}

extension HostPort {
    /// Host and port of `http://host:port/…`.
    static func ofURL(_ url: String) -> HostPort? {
        guard let scheme = ["http://", "https://"].first(where: { url.hasPrefix($0) }) else { return nil }
        return ofAuthority(String(url.dropFirst(scheme.count).prefix { $0 != "/" }))
    }

    /// `host:port`, or a host alone.
    static func ofAuthority(_ text: String) -> HostPort? {
        (try? HostPort(parsing: text)) ?? (try? HostPort(parsing: "\(text):80"))
    }
}
