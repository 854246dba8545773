/// The bounds of the framed protocol. Every length is checked against them before anything is allocated.
public enum WireLimits {
    /// Bytes of a frame after its length word. Small enough that a small blob never waits long behind a large piece.
    public static let framePayload = 260 << 10
    /// Piece bytes in one data frame: whole pages, and most pieces in one frame.
    public static let dataPayload = 256 << 10
    /// Bytes of any text field: addresses, zones, reasons.
    public static let text = 255
    /// Peers in one handout.
    public static let peersPerHandout = 64
    /// Blobs in one announcement.
    public static let blobsPerAnnouncement = 2048
    /// Pieces in one `gained` message.
    public static let piecesPerGain = 16384
    /// Requests that a peer may have waiting here at once.
    public static let requestsPerPeer = 1024
    /// Blob channels that a peer may have open here at once.
    public static let channelsPerPeer = 16384
    /// States that fit in one message of either algorithm.
    public static let stateBytesPerMessage = 128 << 10
}
