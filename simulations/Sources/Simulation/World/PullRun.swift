/// One node's pull of one image.
struct PullRun {
    let node: Int
    let image: Int
    /// Nanoseconds; nil until the node wants it.
    var wantedAt: Int64?
    var wholeAt: Int64?
    /// Layers that it waits for.
    var missing = 0
    var failure: String?
}
