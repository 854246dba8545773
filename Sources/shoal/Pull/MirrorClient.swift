import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Registry
import Swarm

/// Asks an agent's mirror, as a container runtime would.
struct MirrorClient: Sendable {
    /// `http://host:port`, without a slash at the end.
    let agent: String
    private let http: HTTPClient

    init(agent: String, http: HTTPClient) {
        self.http = http
        self.agent = agent.hasSuffix("/") ? String(agent.dropLast()) : agent
    }

    /// A manifest's bytes; small enough to hold.
    func manifest(_ image: Reference, _ target: Reference.Target) async throws -> ByteBuffer {
        let path = path(image, "manifests/\(target)")
        let response = try await get(path, accept: MediaType.manifestAccept)
        do {
            return try await response.body.collect(upTo: Int(Manifest.limitBytes))
        } catch {
            throw PullError.unreachable(agent, "\(path): \(error)")
        }
    }

    /// A blob's bytes from an offset on.
    func blob(_ image: Reference, _ digest: Digest, from offset: UInt64) async throws -> HTTPClientResponse.Body {
        let range: [(String, String)] = offset > 0 ? [("Range", "bytes=\(offset)-")] : []
        return try await get(path(image, "blobs/\(digest)"), headers: range).body
    }

    private func path(_ image: Reference, _ rest: String) -> String {
        "/v2/\(image.repository)/\(rest)" + (image.registry.map { "?ns=\($0)" } ?? "")
    }

    private func get(_ path: String, accept: [String] = [], headers: [(String, String)] = []) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: agent + path)
        for type in accept { request.headers.add(name: "Accept", value: type) }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response: HTTPClientResponse
        do {
            response = try await http.execute(request, deadline: .distantFuture)
        } catch {
            throw PullError.unreachable(agent, "\(error)")
        }
        guard (200..<300).contains(response.status.code) else {
            throw PullError.answer(path, status: response.status.code, await message(of: response))
        }
        return response
    }

    private struct Answer: Decodable {
        struct Failure: Decodable {
            let message: String
        }

        let errors: [Failure]
    }

    private func message(of response: HTTPClientResponse) async -> String {
        guard let body = try? await response.body.collect(upTo: 64 << 10),
            let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView))
        else { return "--agent must be an agent's mirror address" }
        return answer.errors.map(\.message).joined(separator: "; ")
    }
}
