import OrderedCollections

/// How fast pieces may go and come.
extension SwarmNode {
    /// Whether the upload rate allows a fragment now.
    func mayUpload(_ now: Instant) -> Bool { uploadBucket?.isFree(at: now) != false }

    /// Uploads wait for their rate, so that ticks must come often.
    var areUploadsPaced: Bool { uploadBucket != nil && neighbours.values.contains { !$0.uploads.isEmpty } }

    /// Bytes that may be asked of peers now; the last piece may go beyond. What is asked for comes soon after, so this bounds the rate at
    /// which pieces arrive to a piece or so.
    func downloadAllowance(_ now: Instant) -> Int { downloadBucket?.allowance(at: now) ?? .max }
}
