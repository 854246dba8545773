/// A piece that has come whole from a peer, to be hashed over its link.
///
/// One object on its whole way from the transfer to whoever hashes and back: it is a third of a kilobyte, and would else be copied at every turn.
public final class CheckOrder: Sendable, Equatable {
    public let digest: Digest
    public let piece: Int
    /// Whose connection brought it, and who was at its other end.
    public let connection: ConnectionID
    public let node: NodeID
    public let link: DigestChain.Link
    /// The link is believed: the piece may be recorded for after a restart.
    public let isTrusted: Bool

    init(_ digest: Digest, piece: Int, from connection: ConnectionID, node: NodeID, link: DigestChain.Link, isTrusted: Bool) {
        self.digest = digest
        self.piece = piece
        self.connection = connection
        self.node = node
        self.link = link
        self.isTrusted = isTrusted
    }

    public static func == (left: CheckOrder, right: CheckOrder) -> Bool {
        left.digest == right.digest && left.piece == right.piece && left.connection == right.connection && left.node == right.node
            && left.link == right.link && left.isTrusted == right.isTrusted
    }
}
