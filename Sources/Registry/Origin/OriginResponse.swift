/// An origin's answer, its body still to be read.
public struct OriginResponse: Sendable {
    /// Bytes of the whole manifest or blob.
    public let totalSize: UInt64
    /// The bytes that `body` gives. It begins where the asked range begins; it may end earlier than asked, at the blob's end or because the
    /// origin gave less; it goes on to the blob's end when the origin ignored the range.
    public let range: Range<UInt64>
    /// True when the origin answered a Range request with everything: it cannot resume, and `body` reads and drops what lies before the
    /// range.
    public let isRangeIgnored: Bool
    /// Without parameters, as the origin said; static servers often say it wrong.
    public let contentType: String?
    public let body: OriginBody
}
