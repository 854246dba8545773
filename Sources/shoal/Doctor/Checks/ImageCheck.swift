import AsyncHTTPClient
import NIOCore
import Operations
import Swarm

/// Whether one image's manifest can be had through the agent.
struct ImageCheck {
    let image: Reference
    let mirror: HostPort?
    let speaksTLS: Bool
    let http: HTTPClient

    func finding() async -> Finding {
        guard let mirror else { return .skipped("image", "the agent's mirror does not listen") }
        do {
            let manifest = try await MirrorClient(agent: "\(speaksTLS ? "https" : "http")://\(mirror)", http: http).manifest(
                image, image.target)
            return .ok("image", "\(image): its manifest has \(manifest.readableBytes) bytes")
        } catch {
            return .problem("image", "\(image): \(error)", do: "what stands there is what a runtime would be told")
        }
    }
}
