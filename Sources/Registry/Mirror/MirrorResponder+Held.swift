import NIOCore
import NIOHTTP1
import Swarm

/// Answers that need nobody but the store.
extension MirrorResponder {
    /// The answer to HEAD or GET of a blob that is held whole; runs on the connection's event loop.
    ///
    /// - Returns: nil for everything else, above all for what must be refused: those answers are `respond`'s, which knows all reasons.
    func heldAnswer(to request: HTTPRequestHead) -> HeldAnswer? {
        guard request.method == .GET || request.method == .HEAD, let target = targets.parse(request.uri) else { return nil }
        guard !request.headers.contains(name: "via") || !origin.sent(request.headers["via"]) else { return nil }
        let conditions = RequestConditions(
            ifNoneMatch: Self.joined(request.headers["if-none-match"]), ifRange: request.headers.first(name: "if-range"),
            range: Self.joined(request.headers["range"]))
        guard gate.admits(request.headers.first(name: "authorization"), to: target.digest, in: target.place) else { return nil }
        guard let content = source.held(target.digest) else { return nil }
        var fields = HTTPHeaders()
        fields.reserveCapacity(12)
        fields.add(name: "Content-Type", value: MediaType.octetStream)
        fields.add(name: "Docker-Content-Digest", value: target.digestText)
        fields.add(name: "ETag", value: "\"\(target.digestText)\"")
        fields.add(name: "Accept-Ranges", value: "bytes")
        fields.add(name: "Docker-Distribution-Api-Version", value: "registry/2.0")
        if let namespace = target.namespace { fields.add(name: "OCI-Namespace", value: namespace) }
        fields.add(name: "Date", value: date.text)
        var answer = HeldAnswer(
            digest: target.digest, place: target.place, head: HTTPResponseHead(version: .http1_1, status: .ok, headers: fields))
        if conditions.alreadyHas(target.digest) {
            answer.head.status = .notModified
            return answer
        }
        var (range, length) = (0..<content.size, Int(content.size))
        if request.method == .GET {
            switch conditions.selection(of: target.digest, size: content.size) {
            case .whole: break
            case .part(let part):
                range = part
                answer.head.status = .partialContent
                answer.head.headers.add(name: "Content-Range", value: ContentRange(part, ofSize: content.size).description)
                length = part.count
            case .parts(let parts):
                let multipart = MultipartRanges(parts, ofSize: content.size, type: MediaType.octetStream)
                answer.head.status = .partialContent
                answer.head.headers.replaceOrAdd(name: "Content-Type", value: multipart.contentType)
                answer.head.headers.add(name: "Content-Length", value: "\(multipart.length)")
                answer.body = .segments(content, multipart.segments[...])
                return answer
            case .unsatisfiable: return nil
            }
            do {
                answer.body = try HeldAnswer.Body(content, range)
            } catch {
                return nil
            }
        }
        answer.head.headers.add(name: "Content-Length", value: "\(length)")
        return answer
    }

    private static func joined(_ values: [String]) -> String? {
        values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
