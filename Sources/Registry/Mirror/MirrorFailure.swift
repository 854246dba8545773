import HTTPTypes
import Hummingbird

/// An answer that is not what was asked for, as status and OCI error.
///
/// Which status: a client behind a mirror falls back to the registry itself on nearly any failure of a manifest, but handles a failing blob
/// badly: dockerd retries a 5xx for 75 seconds where a 404 sends it upstream, containerd hammers on 408 and 429. So a blob that cannot
/// be had, for whatever reason, is 404 with the reason in its message (this is also what makes containerd continue a body that ended
/// short at the origin), and 408 and 429 are never sent. A manifest keeps the difference between 404, 403 and 502: every client falls
/// back alike, and containerd shows the message to its user when all else fails, unless the status was 404.
struct MirrorFailure: Error {
    let status: HTTPResponse.Status
    let code: ErrorCode
    let message: String
    var fields = HTTPFields()

    init(_ status: HTTPResponse.Status, _ code: ErrorCode, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    init(_ error: MirrorRequestError) {
        message = error.description
        (status, code) =
            switch error {
            case .noSuchEndpoint: (.notFound, .unsupported)
            case .malformed: (.badRequest, .unsupported)
            case .malformedName, .malformedNamespace: (.badRequest, .nameInvalid)
            case .malformedDigest: (.badRequest, .digestInvalid)
            case .malformedTag: (.notFound, .manifestUnknown)
            }
    }

    init(_ error: ContentError, of kind: ContentLocation.Kind) {
        message = error.description
        (status, code) =
            switch (kind, error) {
            case (.blob, _): (.notFound, .blobUnknown)
            case (.manifest, .notFound): (.notFound, .manifestUnknown)
            case (.manifest, .denied): (.forbidden, .denied)
            case (.manifest, .unavailable), (.manifest, .cancelled): (.badGateway, .unknown)
            }
    }

    /// For lists that pass through from the origin.
    init(passingThrough error: OriginError) {
        message = error.description
        (status, code) =
            switch error.reason {
            case .unauthorized: (.forbidden, .denied)
            case _ where error.isDefinitive: (.notFound, .nameUnknown)
            default: (.badGateway, .unknown)
            }
    }

    var response: Response {
        var fields = fields
        fields[.contentType] = MediaType.json
        return Response(status: status, headers: fields, body: ResponseBody(byteBuffer: ErrorDocument(code, message: message).json))
    }
}
