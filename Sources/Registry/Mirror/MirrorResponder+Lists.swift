import HTTPTypes
import Hummingbird
import NIOCore
import Swarm

extension MirrorResponder {
    /// The tags of a repository, as the origin lists them now.
    func tags(_ parsed: MirrorRequest, _ wanted: Wanted) async throws -> Response {
        do {
            let document = try await gate.list(wanted.caller, in: wanted.place) { [origin] identity throws(OriginError) in
                try await origin.tags(registry: wanted.registry, repository: wanted.repository, query: parsed.query, as: identity)
            }
            return passThrough(document, parsed, type: MediaType.json, wanted.context.trail)
        } catch {
            throw gate.challenge(error) ?? MirrorFailure(passingThrough: error)
        }
    }

    /// The manifests that refer to one, as the origin lists them now. An origin without the API answers 404, and clients then ask for the
    /// `sha256-<hex>` tag, which is a manifest like any other.
    func referrers(of digest: Digest, _ parsed: MirrorRequest, _ wanted: Wanted) async throws -> Response {
        do {
            let document = try await gate.list(wanted.caller, in: wanted.place) { [origin] identity throws(OriginError) in
                try await origin.referrers(
                    of: digest, registry: wanted.registry, repository: wanted.repository, query: parsed.query, as: identity)
            }
            return passThrough(document, parsed, type: MediaType.ociIndex, wanted.context.trail)
        } catch {
            throw gate.challenge(error) ?? MirrorFailure(passingThrough: error)
        }
    }

    private func passThrough(_ document: OriginDocument, _ parsed: MirrorRequest, type: String, _ trail: AccessTrail) -> Response {
        trail.note { $0.source = .origin }
        var fields: HTTPFields = [.contentType: document.contentType ?? type]
        let collection = parsed.endpoint == .tags ? "tags/list" : "referrers"
        if collection == "tags/list" {
            fields[.link] = document.link.flatMap {
                PageLink.rewrite($0, path: "/v2/\(parsed.path)/tags/list", namespace: parsed.namespace)
            }
        }
        fields[.ociFiltersApplied] = document.filtersApplied
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: document.body))
    }
}
