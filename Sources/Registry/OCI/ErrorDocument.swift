public import NIOCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The error codes of OCI distribution-spec, "Error Codes".
public enum ErrorCode: String, Sendable, Codable {
    case blobUnknown = "BLOB_UNKNOWN"
    case digestInvalid = "DIGEST_INVALID"
    case manifestUnknown = "MANIFEST_UNKNOWN"
    case nameInvalid = "NAME_INVALID"
    case nameUnknown = "NAME_UNKNOWN"
    case unauthorized = "UNAUTHORIZED"
    case denied = "DENIED"
    case unsupported = "UNSUPPORTED"
    case tooManyRequests = "TOOMANYREQUESTS"
    /// Not in the specification's table, but what every registry says when none of the others fits.
    case unknown = "UNKNOWN"
}

/// The body of every failed answer: `{"errors":[{"code":…,"message":…,"detail":…}]}` (distribution-spec, "Error Codes").
public struct ErrorDocument: Sendable, Codable, Equatable {
    /// One failure. `detail` is text for a person; the specification leaves its shape open.
    public struct Failure: Sendable, Codable, Equatable {
        public let code: String
        public let message: String
        public let detail: String?
    }

    public let errors: [Failure]

    public init(_ code: ErrorCode, message: String, detail: String? = nil) {
        errors = [Failure(code: code.rawValue, message: message, detail: detail)]
    }

    /// The document as JSON with sorted keys, so that the same failure is the same bytes.
    public var json: ByteBuffer {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Strings always encode; an empty list of errors is still a valid document should that ever change.
        guard let bytes = try? encoder.encode(self) else { return ByteBuffer(string: #"{"errors":[]}"#) }
        return ByteBuffer(bytes: bytes)
    }
}
