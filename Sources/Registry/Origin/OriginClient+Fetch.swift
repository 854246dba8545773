import AsyncHTTPClient
import NIOCore
import NIOHTTP1
public import Swarm

extension OriginClient {
    /// Opens a manifest or blob for reading, whole or in part.
    ///
    /// - Parameters:
    ///   - byteRange: the bytes wanted, not empty; nil for all. Asked for as a closed range.
    /// - Returns: as soon as the head is there and the whole size is known. Dropping the response closes its connection.
    public func fetch(
        _ location: ContentLocation, _ digest: Digest, byteRange: Range<UInt64>? = nil
    ) async throws(OriginError) -> OriginResponse {
        let request = OriginRequest(
            registry: location.registry, repository: location.repository, path: location.path(of: digest),
            accept: location.kind == .manifest ? MediaType.manifestAccept : [], byteRange: byteRange, digest: digest)
        let response = try await send(request)
        switch (response.status.code, byteRange) {
        case (206, let asked?): return try partial(response, asked: asked, request: request)
        case (206, nil): throw request.failed(.badAnswer("206 to a request without Range"))
        case (200, _): return try await whole(response, asked: byteRange, location: location, digest: digest, request: request)
        default: throw request.failed(.badAnswer("status \(response.status.code) to a GET"))
        }
    }

    /// A 206: it must begin where it was asked to, and may end earlier.
    private func partial(
        _ response: HTTPClientResponse, asked: Range<UInt64>, request: OriginRequest
    ) throws(OriginError) -> OriginResponse {
        guard let text = response.headers.first(name: "content-range"), let content = ContentRange(parsing: text), let range = content.range
        else { throw request.failed(.badAnswer("206 without a valid Content-Range")) }
        guard range.lowerBound == asked.lowerBound, range.upperBound <= asked.upperBound else {
            throw request.failed(.badAnswer("asked for \(ByteRange.header(for: asked)), got \(content)"))
        }
        guard let size = content.size else { throw request.failed(.badAnswer("Content-Range without the whole size: \(content)")) }
        if let length = response.contentLength, length != UInt64(range.count) {
            throw request.failed(.badAnswer("Content-Length \(length) does not fit \(content)"))
        }
        let body = OriginBody(response.body, skipping: 0, length: UInt64(range.count), request: request)
        return OriginResponse(
            totalSize: size, range: range, isRangeIgnored: false, contentType: response.contentType, body: body)
    }

    /// A 200, which answers a Range request too: what lies before the range is skipped; what lies after it is given as well, since asking for
    /// it would bring everything once more.
    private func whole(
        _ response: HTTPClientResponse, asked: Range<UInt64>?, location: ContentLocation, digest: Digest, request: OriginRequest
    ) async throws(OriginError) -> OriginResponse {
        var stream = response.body
        let size: UInt64
        if let length = response.contentLength {
            size = length
        } else if location.kind == .manifest {
            // Small enough to hold: then its size is known too.
            let body = try await collect(response, upTo: Manifest.limitBytes, for: request)
            size = UInt64(body.readableBytes)
            stream = .bytes(body)
        } else {
            size = try await learnSize(request)
        }
        let start = asked?.lowerBound ?? 0
        guard asked == nil || start < size else {
            throw request.failed(.badAnswer("asked for bytes from \(start), but it has only \(size)"))
        }
        let range = start..<size
        let body = OriginBody(stream, skipping: start, length: UInt64(range.count), request: request)
        return OriginResponse(
            totalSize: size, range: range, isRangeIgnored: asked != nil, contentType: response.contentType, body: body)
    }

    /// Asks for one byte, to learn how many there are. The answer that lacked a length stays open meanwhile, held back by back-pressure.
    private func learnSize(_ original: OriginRequest) async throws(OriginError) -> UInt64 {
        var request = original
        request.byteRange = 0..<1
        do {
            let response = try await send(request)
            if let text = response.headers.first(name: "content-range"), let size = ContentRange(parsing: text)?.size { return size }
            if let length = response.contentLength, response.status.code == 200 { return length }
        } catch {
            guard error.isDefinitive else { throw error }
        }
        throw request.failed(.badAnswer("the origin tells the size of the blob neither by Content-Length nor by Content-Range"))
    }
}
