import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1

/// Asks an agent's admin socket.
struct AgentClient: Sendable {
    private static let answerLimitBytes = 64 << 20

    /// `http://host:port`, without a slash at the end.
    let base: String
    let http: HTTPClient

    /// - Throws: `StatusError`.
    func get<Document: Decodable>(_ path: String, seconds: Int64 = 10) async throws(StatusError) -> Document {
        let url = "\(base)/\(path)"
        let bytes: ByteBuffer
        do {
            let response = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(seconds))
            guard response.status == .ok else { throw StatusError.notAnAgent(url, "status \(response.status.code)") }
            bytes = try await response.body.collect(upTo: Self.answerLimitBytes)
        } catch let error as StatusError {
            throw error
        } catch {
            throw .unreachable(url, "\(error)")
        }
        do {
            return try JSONDecoder().decode(Document.self, from: Data(bytes.readableBytesView))
        } catch {
            throw .notAnAgent(url, "its answer is not the expected JSON")
        }
    }
}
