import Glibc
import Operations
import RuntimeSetup

/// Whether runtimes' settings name the agent.
struct RuntimeCheck {
    /// What was asked for; empty for whatever is installed.
    let choices: [RuntimeChoice]
    /// Where the agent's mirror listens; nil when no agent answers.
    let mirror: HostPort?
    /// Whether it speaks TLS.
    let speaksTLS: Bool

    /// DOCKER_HOST, if set.
    let dockerHost: String?

    private let files = DiskFiles()

    init(choices: [RuntimeChoice], mirror: HostPort?, speaksTLS: Bool = false, dockerHost: String?) {
        self.choices = choices
        self.mirror = mirror
        self.speaksTLS = speaksTLS
        self.dockerHost = dockerHost
    }

    /// The mirror that dockerd has to have taken, when its settings name the agent. The usual dockerd does not read settings that are elsewhere.
    var dockerToAsk: HostPort? {
        guard let choice = (choices.isEmpty ? Self.installed : choices).first(where: { $0.runtime == .docker }),
            choice.file == nil || dockerHost != nil, let mirrors = try? request(choice).firstMirrors(files),
            mirrors.contains(where: { $0.address == "\(address)" })
        else { return nil }
        return address
    }

    func findings() -> [Finding] {
        let looked = choices.isEmpty ? Self.installed : choices
        guard !looked.isEmpty else {
            return [.warning("runtime", "none is installed here that is known", do: "name one with --runtime NAME=FILE")]
        }
        var findings: [Finding] = []
        for choice in looked { findings += finding(choice) }
        // Of several that are installed only some need to pull through the agent, but one should.
        if choices.isEmpty, !findings.contains(where: { $0.state == .ok || $0.state == .problem }), let first = looked.first {
            findings.append(
                .problem(
                    "runtime", "none pulls through the agent",
                    do:
                        "sudo shoal setup \(words(first))\(mirror.map { " --mirror \($0)\(tls)" } ?? "") (or another; --dry-run shows what would change)"
                ))
        }
        return findings
    }

    /// Registries that runtimes are told to look for at this agent.
    func registries() -> [String] {
        let mirrors = (choices.isEmpty ? Self.installed : choices).flatMap { (try? request($0).firstMirrors(files)) ?? [] }
        return Set(mirrors.filter { $0.address == "\(address)" && !$0.registry.hasPrefix("_") }.map(\.registry)).sorted()
    }

    private func finding(_ choice: RuntimeChoice) -> [Finding] {
        let name = choice.runtime.rawValue
        let mirrors: [FirstMirror]
        do throws(SetupError) {
            mirrors = try request(choice).firstMirrors(files)
        } catch {
            return [.problem("runtime", "\(name): \(error)", do: "\(name) itself may refuse its settings, too")]
        }
        let here = mirrors.filter { $0.address == "\(address)" }
        // Other mirrors are somebody's choice, but one on loopback that is not the agent is most likely meant to be.
        let astray = mirrors.filter { mirror in !here.contains(mirror) && HostPort.ofAuthority(mirror.address)?.isLoopback == true }
        var findings = astray.map { stray in
            Finding.problem(
                "runtime",
                "\(name) looks for images of \(Self.registry(stray)) at \(stray.address), and the agent is at \(address) (\(stray.file))",
                do: "sudo shoal setup \(words(choice))\(Self.flag(stray)) --mirror \(address)\(tls)")
        }
        for mirror in here {
            guard let obstacle = mirror.obstacle else { continue }
            findings.append(.problem("runtime", "\(name): \(obstacle)", do: "sudo shoal setup \(words(choice)) --mirror \(address)\(tls)"))
        }
        let working = here.filter { $0.obstacle == nil }.map(Self.registry)
        if !working.isEmpty {
            findings.append(.ok("runtime", "\(name) looks for images of \(working.joined(separator: ", ")) at \(address)"))
        }
        guard findings.isEmpty else { return findings }
        let remedy = "sudo shoal setup \(words(choice))" + (mirror.map { " --mirror \($0)\(tls)" } ?? "")
        let message = "\(name) does not pull through the agent (\(choice.file ?? choice.runtime.usualFile))"
        return [choices.isEmpty ? .warning("runtime", message, do: "if it should: \(remedy)") : .problem("runtime", message, do: remedy)]
    }

    private var address: HostPort {
        guard let mirror else { return AgentCommand.usualMirror }
        return mirror.host == "0.0.0.0" || mirror.host == "::" ? HostPort(host: "127.0.0.1", port: mirror.port) : mirror
    }

    private func request(_ choice: RuntimeChoice) -> SetupRequest {
        SetupRequest(choice.runtime, file: choice.file, mirror: address, speaksTLS: speaksTLS)
    }

    private var tls: String { speaksTLS ? " --tls" : "" }

    private func words(_ choice: RuntimeChoice) -> String {
        choice.runtime.rawValue + (choice.file.map { " --file \($0)" } ?? "")
    }

    private static func registry(_ mirror: FirstMirror) -> String { mirror.registry == "_default" ? "all registries" : mirror.registry }

    private static func flag(_ mirror: FirstMirror) -> String { mirror.registry == "_default" ? "" : " --registry \(mirror.registry)" }

    /// Runtimes whose daemon or command is in the usual folders.
    private static var installed: [RuntimeChoice] {
        let programs: [(ContainerRuntime, String)] = [
            (.containerd, "containerd"), (.docker, "dockerd"), (.crio, "crio"), (.podman, "podman"),
        ]
        let folders = ["/usr/bin", "/usr/local/bin", "/usr/sbin", "/usr/local/sbin"]
        return programs.filter { program in folders.contains { access("\($0)/\(program.1)", X_OK) == 0 } }
            .map { RuntimeChoice(runtime: $0.0, file: nil) }
    }
}
