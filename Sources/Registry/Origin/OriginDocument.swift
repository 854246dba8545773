public import NIOCore

/// A small answer that passes through the mirror as it is: a list of tags, or of referrers.
public struct OriginDocument: Sendable {
    public let contentType: String?
    /// The `Link` to the next page, as the origin wrote it (RFC 8288).
    public let link: String?
    /// `OCI-Filters-Applied` of a referrers answer.
    public let filtersApplied: String?
    public let body: ByteBuffer
}
