import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Operations

/// Whether dockerd, which reads its settings when it is told to, has taken those that name the agent.
struct DockerDaemonCheck {
    private static let usualHost = "unix:///var/run/docker.sock"
    private static let answerLimitBytes = 4 << 20

    let http: HTTPClient
    let mirror: HostPort
    let speaksTLS: Bool
    /// As docker itself has it in DOCKER_HOST; nil for the usual socket.
    let host: String?

    func finding() async -> Finding {
        let host = host ?? Self.usualHost
        guard host.hasPrefix("unix://") else { return .skipped("runtime", "dockerd at \(host) is asked on unix sockets only") }
        let mirrors: [String]
        do {
            mirrors = try await self.mirrors(socket: String(host.dropFirst("unix://".count)))
        } catch {
            return .skipped("runtime", "dockerd at \(host) does not say what it has taken from its settings: \(error)")
        }
        guard !mirrors.contains("\(speaksTLS ? "https" : "http")://\(mirror)") else {
            return .ok("runtime", "dockerd has taken its settings")
        }
        return .problem("runtime", "dockerd has not taken the mirror \(mirror) from its settings yet", do: "sudo systemctl reload docker")
    }

    /// The mirrors of the daemon that runs, without slashes at the end.
    private func mirrors(socket: String) async throws -> [String] {
        let path = socket.split(separator: "/").map { "%2F\($0)" }.joined()
        var request = HTTPClientRequest(url: "http+unix://\(path)/info")
        // A socket has no name, and dockerd refuses requests without one.
        request.headers.add(name: "host", value: "docker")
        let response = try await http.execute(request, timeout: .seconds(5))
        let body = try await response.body.collect(upTo: Self.answerLimitBytes)
        let info = try JSONDecoder().decode(Info.self, from: Data(body.readableBytesView))
        return (info.RegistryConfig.Mirrors ?? []).map { $0.last == "/" ? String($0.dropLast()) : $0 }
    }

    private struct Info: Decodable {
        struct Registries: Decodable {
            // swift-format-ignore: AlwaysUseLowerCamelCase
            let Mirrors: [String]?
        }

        // swift-format-ignore: AlwaysUseLowerCamelCase
        let RegistryConfig: Registries
    }
}
