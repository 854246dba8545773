import AsyncHTTPClient
import NIOHTTP1
import Swarm

extension OriginClient {
    /// One page of a repository's tags (distribution-spec, "Listing Tags").
    ///
    /// - Parameters:
    ///   - query: as the client sent it, without `?` and `ns`: `n` and `last`.
    public func tags(registry: String, repository: String, query: String?) async throws(OriginError) -> OriginDocument {
        try await tags(registry: registry, repository: repository, query: query, as: .agent)
    }

    func tags(
        registry: String, repository: String, query: String?, as identity: OriginIdentity
    ) async throws(OriginError) -> OriginDocument {
        try await document(registry: registry, repository: repository, path: "/v2/\(repository)/tags/list", query: query, identity)
    }

    /// The manifests that refer to a manifest (distribution-spec, "Listing Referrers").
    ///
    /// - Parameters:
    ///   - query: as the client sent it, without `?` and `ns`: `artifactType`.
    func referrers(
        of digest: Digest, registry: String, repository: String, query: String?, as identity: OriginIdentity
    ) async throws(OriginError) -> OriginDocument {
        try await document(
            registry: registry, repository: repository, path: "/v2/\(repository)/referrers/\(digest)", query: query, identity)
    }

    /// A manifest as the registry gives it: nobody has verified it.
    func manifest(_ digest: Digest, at location: ContentLocation) async throws(OriginError) -> OriginDocument {
        try await document(
            registry: location.registry, repository: location.repository, path: location.path(of: digest), query: nil, .agent,
            accept: MediaType.manifestAccept)
    }

    private func document(
        registry: String, repository: String, path: String, query: String?, _ identity: OriginIdentity, accept: [String] = []
    ) async throws(OriginError) -> OriginDocument {
        let request = OriginRequest(
            registry: registry, repository: repository, path: query.map { "\(path)?\($0)" } ?? path, accept: accept, identity: identity)
        let response = try await send(request)
        let body = try await collect(response, upTo: Manifest.limitBytes, for: request)
        return OriginDocument(
            contentType: response.contentType, link: response.headers.first(name: "link"),
            filtersApplied: response.headers.first(name: "oci-filters-applied"), body: body)
    }
}
