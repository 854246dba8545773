/// How a piece compares with the states that it should link.
public enum PieceCheck: Hashable, Sendable {
    /// It leads where it should.
    case links(PieceLink)
    /// It leads elsewhere: the bytes or one of the states are wrong.
    case breaks(PieceLink)
    /// It cannot be hashed at all; the text says why.
    case malformed(String)
}
