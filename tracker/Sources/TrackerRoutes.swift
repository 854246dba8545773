import Operations
import Swarm

/// The tracker's `/api/v1/`.
struct TrackerRoutes {
    /// Entries in one answer; more with `offset`.
    static let pageLimit = 1000

    let server: TrackerServer

    func add(to routes: OperatorRoutes) {
        let server = server
        routes.get("swarms") { request in
            let offset = try Self.offset(request)
            return await server.overview { index in
                SwarmsDocument(
                    count: index.swarmCount,
                    swarms: index.swarmOverviews(offset: offset, limit: Self.pageLimit).map { SwarmDocument($0) })
            }
        }
        routes.get("swarms/{digest}") { request in
            let text = try request.parameter("digest")
            let digest: Digest
            do {
                digest = try Digest(parsing: text)
            } catch {
                throw OperatorError.badRequest("\(error)")
            }
            return try await server.overview { index in
                guard let swarm = index.swarmOverview(digest) else { throw OperatorError.notFound("no agent holds or wants \(digest)") }
                return SwarmDetailDocument(
                    swarm: SwarmDocument(swarm), members: index.members(of: digest, limit: Self.pageLimit).map { MemberDocument($0) })
            }
        }
        routes.get("nodes") { request in
            let offset = try Self.offset(request)
            return await server.overview { index in
                NodesDocument(
                    count: index.nodeCount, nodes: index.nodeOverviews(offset: offset, limit: Self.pageLimit).map { NodeDocument($0) })
            }
        }
    }

    private static func offset(_ request: OperatorRequest) throws -> Int {
        guard let text = request.query("offset") else { return 0 }
        guard let offset = Int(text), offset >= 0 else { throw OperatorError.badRequest("offset must be a whole number, 0 or more") }
        return offset
    }
}
