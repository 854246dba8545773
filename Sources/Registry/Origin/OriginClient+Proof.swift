import AsyncHTTPClient
import NIOHTTP1
import Swarm

extension OriginClient {
    /// Whether a repository of a registry gives a blob to somebody; returns if it does. A HEAD, and one byte of it where that is refused: some
    /// registries refuse a HEAD for what they give to a GET.
    func proveBlob(_ digest: Digest, in place: RepositoryPlace, as identity: OriginIdentity) async throws(OriginError) {
        let location = ContentLocation(registry: place.registry, repository: place.repository, kind: .blob)
        var request = OriginRequest(
            method: .HEAD, registry: place.registry, repository: place.repository, path: location.path(of: digest), identity: identity,
            isImpatient: true)
        do throws(OriginError) {
            _ = try await send(request)
        } catch {
            guard error.isDefinitive, error.reason != .notFound else { throw error }
            request.method = .GET
            request.byteRange = 0..<1
            // Not reading it closes the connection, should all of the blob be coming.
            _ = try await send(request)
        }
    }

    /// Whether this agent may have credentials for a repository. Nobody is asked.
    func mayHaveCredentials(for place: RepositoryPlace) async -> Bool {
        if await access.hasLent(for: place) { return true }
        let servers = directory.endpoints(of: place.registry).map { RegistryDirectory.canonicalName($0.authority) }
        return await access.credentials.mayHave(for: [place.registry] + servers, repository: place.repository)
    }

    /// What a caller has proven to be good for a repository may be used to fetch from there.
    func lend(_ credential: Credential, for place: RepositoryPlace) async {
        await access.lend(credential, for: place, at: directory.sources(of: place.registry))
    }
}
