/// One blob's share of what all blobs that come from origins may have together.
struct OriginShare: Sendable {
    /// How much of the blob may wait in memory, bytes.
    let bytes: Int
    /// Streams from the origin at a time.
    let streams: Int
}
