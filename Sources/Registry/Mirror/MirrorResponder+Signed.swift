import HTTPTypes
import Hummingbird
import Swarm

extension MirrorResponder {
    /// A manifest of schema 1, from the registry at each request: it signs anew, so that the bytes are never the same, and they do not hash to the
    /// digest by which they are asked for. What was signed does, and is verified. Neither kept nor given to peers.
    func signedManifest(_ digest: Digest, _ wanted: Wanted) async throws -> Response {
        let location = wanted.location(.manifest)
        let document: OriginDocument
        do {
            document = try await origin.manifest(digest, at: location)
        } catch {
            throw MirrorFailure(ContentError(error), of: .manifest)
        }
        guard let payload = SignedManifest.payload(of: Array(document.body.readableBytesView)), origin.sha256(payload) == digest else {
            throw MirrorFailure(.badGateway, .unknown, "\(location)@\(digest): what the registry sent is not what was signed as this")
        }
        wanted.context.trail.note { ($0.digest, $0.source) = (digest, .origin) }
        if wanted.request.method == .get { observer?.sent(bytes: document.body.readableBytes) }
        var fields = Self.fields(of: digest, type: MediaType.dockerSchema1)
        fields[.eTag] = nil
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: document.body))
    }
}
