import BlobStore
import Operations
import PeerNetwork
import Swarm
import UVLoop

/// The agent's `/api/v1/`.
struct AgentRoutes {
    /// Blobs in one answer of `/api/v1/blobs`; more with `offset`.
    static let blobLimit = 10_000

    let swarm: SwarmAgent
    let agent: DescribedAgent

    func add(to routes: OperatorRoutes) {
        let (swarm, agent, store) = (swarm, agent, agent.store)
        routes.get("transfers") { _ in TransfersDocument(await swarm.status()) }
        routes.get("settings") { _ in agent.document() }
        routes.get("registries") { request in try await agent.registries(named: request.query("names")) }
        routes.get("peers") { _ in PeersDocument(await swarm.status()) }
        routes.get("blobs") { request in
            let offset = request.query("offset").flatMap { Int($0) } ?? 0
            guard offset >= 0 else { throw OperatorError.badRequest("offset must be 0 or more") }
            let blobs = try await swarm.loop.work { store.heldBlobs }
            let page = blobs.dropFirst(offset).prefix(Self.blobLimit).map { BlobDocument(digest: "\($0.digest)", size: $0.size) }
            return BlobsDocument(
                node: "\(store.nodeID)", count: blobs.count, bytes: blobs.reduce(0) { $0 + $1.size }, partialBytes: store.partialBytes,
                quotaBytes: store.quotaBytes, blobs: page)
        }
    }
}
