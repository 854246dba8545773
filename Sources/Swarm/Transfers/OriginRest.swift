/// What is still to come of an order of which nothing more is asked for.
public enum OriginRest: Hashable, Sendable {
    /// All pieces before this one: little, as no request asks for more than comes soon.
    case upTo(Int)
    /// The last request asks for much, from a first piece on: it had better be read to the end of a piece only.
    case open(ask: Int, first: Int)
}
