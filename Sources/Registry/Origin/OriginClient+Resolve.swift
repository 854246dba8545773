import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import Swarm

extension OriginClient {
    /// What a tag means now. HEAD first, because Docker Hub counts only GETs against its limit; GET when the origin cannot answer HEAD or
    /// names no digest.
    public func resolve(_ tag: TagLocation) async throws(OriginError) -> ResolvedTag {
        try await resolve(tag, as: .agent, isImpatient: false)
    }

    /// - Parameter tag: a digest does as well.
    func resolve(_ tag: TagLocation, as identity: OriginIdentity, isImpatient: Bool) async throws(OriginError) -> ResolvedTag {
        var request = OriginRequest(
            method: .HEAD, registry: tag.registry, repository: tag.repository, path: "/v2/\(tag.repository)/manifests/\(tag.tag)",
            accept: MediaType.manifestAccept, identity: identity, isImpatient: isImpatient)
        do {
            let response = try await send(request)
            if let digest = try Self.digest(of: response, to: request) {
                return ResolvedTag(digest: digest, size: response.contentLength, mediaType: response.contentType)
            }
        } catch {
            guard error.reason.mayBeOfHead else { throw error }
        }
        request.method = .GET
        let response = try await send(request)
        let named = try Self.digest(of: response, to: request)
        let body = try await collect(response, upTo: Manifest.limitBytes, for: request)
        let digest = named ?? sha256(Array(body.readableBytesView))
        return ResolvedTag(digest: digest, size: UInt64(body.readableBytes), mediaType: response.contentType)
    }

    /// The size of a blob, by HEAD. Some registries refuse a HEAD for what they would give to a GET, so a failure here proves nothing.
    public func size(of digest: Digest, at location: ContentLocation) async throws(OriginError) -> UInt64 {
        let request = OriginRequest(
            method: .HEAD, registry: location.registry, repository: location.repository, path: location.path(of: digest))
        let response = try await send(request)
        guard let size = response.contentLength else { throw request.failed(.badAnswer("a HEAD without Content-Length")) }
        return size
    }

    private static func digest(of response: HTTPClientResponse, to request: OriginRequest) throws(OriginError) -> Digest? {
        guard let text = response.headers.first(name: "docker-content-digest") else { return nil }
        do {
            return try Digest(parsing: text.trimmed)
        } catch {
            throw request.failed(.badAnswer("Docker-Content-Digest: \(error)"))
        }
    }
}

extension OriginError.Reason {
    /// Not every server knows HEAD, and what lets anybody GET need not let anybody HEAD; what else it may mean, the GET will say again.
    fileprivate var mayBeOfHead: Bool {
        switch self {
        case .status(let code): (400..<500).contains(code) || code == 501
        case .hidden, .unauthorized(nil): true
        default: false
        }
    }
}
