/// What is known of one blob's chain of hash states, and how far it can be trusted.
///
/// State S_i is the hash's internal state after the first i pieces: S_0 is the standard initial value and S_n is the OCI digest.
/// Piece i (from 0) is verified when it leads from S_i to S_(i+1). Such a link proves something only if S_(i+1) can be
/// trusted; see NOTES.md beside this file for the three levels and what each is worth.
public struct DigestChain: Sendable {
    /// How far a state, or a piece that links to it, can be believed.
    public enum Trust: Int, Comparable, Sendable {
        /// A single peer said so.
        case claimed
        /// It came through the tracker from the lease holder, or this node hashed it from the origin, or independent peers agree.
        case vouched
        /// It follows from the digest, backwards through verified pieces.
        case proven

        public static func < (left: Trust, right: Trust) -> Bool { left.rawValue < right.rawValue }
    }

    /// Both ends of a piece's link. A nil `start` is the algorithm's initial value; a nil `end` is the digest itself.
    public struct Link: Hashable, Sendable {
        public let start: ChainState?
        public let end: ChainState?
    }

    /// What a further list did to the chain.
    public enum Outcome: Hashable, Sendable {
        /// Nothing new, or more of the same.
        case agreed
        /// The vouched list contradicts a claimed one, which was replaced from this state on. The claimants lied, or were lied to.
        case replaced(from: Int, claimants: [NodeID])
        /// A claim contradicts what is already held; it was ignored.
        case dissent
        /// Two vouched lists contradict each other: only the origin can tell which is right.
        case contradiction
    }

    /// Independent peers whose equal claims amount to a vouch.
    static let corroboration = 2

    public let layout: PieceLayout
    /// S_1 … as far as known without a gap.
    public private(set) var states: StateList
    /// States before this index are vouched (S_0 always is).
    private var vouchedEnd = 1
    /// States from this index on are proven (the digest, S_n, always is).
    private var provenStart: Int
    /// Who claims which states beyond `vouchedEnd`.
    private var claimants: [(node: NodeID, range: Range<Int>)] = []
    /// Proven states that a gap parts from `states`, after claims below them were replaced: nothing may contradict them.
    private var island: StateList?

    /// - Parameter likely: what the list, S_1 and so on, is likely to become, if that is in memory already.
    public init(_ algorithm: DigestAlgorithm, layout: PieceLayout, likely: StateList? = nil) {
        self.layout = layout
        self.states = likely.map { StateList(likely: $0) } ?? StateList(algorithm)
        self.provenStart = layout.pieceCount
    }

    /// Every state links from the initial value to the digest: nothing is left to be believed.
    public var isProven: Bool { provenStart == 0 }

    /// States known from S_1 on without a gap; the list is whole at `pieceCount`.
    public var knownEnd: Int { states.end }

    /// States before this index are believed.
    public var vouchedStatesEnd: Int { isProven ? states.end : min(vouchedEnd, states.end) }

    /// The vouched part of the list: what may be handed on.
    public var vouchedStates: StateList { isProven ? states : states.slice(1..<vouchedEnd) }

    /// - Returns: nil while one of the piece's two states is not known.
    @inline(__always)
    public func link(of piece: Int) -> Link? {
        guard piece >= 0, piece < layout.pieceCount else { return nil }
        let start = states[piece]
        guard start != nil || piece == 0 else { return nil }
        if piece == layout.lastPiece { return Link(start: start, end: nil) }
        guard let end = states[piece + 1] else { return nil }
        return Link(start: start, end: end)
    }

    /// Whether that is the piece's link still.
    @inline(__always)
    func has(_ link: Link, of piece: Int) -> Bool {
        guard isLinkable(piece), (link.start == nil) == (piece == 0), (link.end == nil) == (piece == layout.lastPiece) else { return false }
        if let start = link.start, !states.has(start, at: piece) { return false }
        if let end = link.end, !states.has(end, at: piece + 1) { return false }
        return true
    }

    /// Whether both of the piece's states are known: cheaper than `link`.
    @inline(__always)
    public func isLinkable(_ piece: Int) -> Bool {
        piece >= 0 && piece < states.end && (piece + 1 < states.end || piece == layout.lastPiece)
    }

    /// How far a piece that links can be believed: as far as the state that it links to.
    @inline(__always)
    public func trust(of piece: Int) -> Trust { trust(ofState: piece + 1) }

    /// How much it says against a piece that it does not link: as much as the weaker of its two states.
    @inline(__always)
    public func trust(ofBothStatesOf piece: Int) -> Trust { min(trust(ofState: piece), trust(ofState: piece + 1)) }

    @inline(__always)
    private func trust(ofState index: Int) -> Trust {
        if index >= provenStart || index == 0 { return .proven }
        return index < vouchedEnd ? .vouched : .claimed
    }

    /// Takes over states that the tracker relays from the lease holder, or that this node hashed from the origin itself.
    public mutating func vouch(_ list: StateList) -> Outcome {
        guard list.first <= states.end, list.end <= layout.pieceCount else { return .agreed }
        guard !contradictsProven(list) else { return .contradiction }
        let conflict = firstConflict(with: list)
        if let conflict {
            guard conflict >= vouchedEnd else { return .contradiction }
            let liars = claimants.filter { $0.range.contains(conflict) || $0.range.lowerBound > conflict }.map(\.node)
            truncateClaims(from: conflict)
            extend(with: list)
            vouchedEnd = max(vouchedEnd, list.end)
            return .replaced(from: conflict, claimants: liars)
        }
        extend(with: list)
        vouchedEnd = max(vouchedEnd, list.end)
        return .agreed
    }

    /// Takes a peer's word for the states that nobody vouched for yet.
    public mutating func claim(_ list: StateList, by node: NodeID) -> Outcome {
        guard list.first <= states.end, list.end <= layout.pieceCount, !list.isEmpty else { return .agreed }
        guard firstConflict(with: list) == nil, !contradictsProven(list) else { return .dissent }
        extend(with: list)
        let range = list.first..<list.end
        if let index = claimants.firstIndex(where: { $0.node == node }) {
            let known = claimants[index].range
            // One range a node: what it says next to what it said before adds up, else the longer one counts.
            if range.lowerBound <= known.upperBound, known.lowerBound <= range.upperBound {
                claimants[index].range = min(range.lowerBound, known.lowerBound)..<max(range.upperBound, known.upperBound)
            } else if range.count > known.count {
                claimants[index].range = range
            }
        } else {
            claimants.append((node, range))
        }
        // Only who claims the very next state helps it along.
        let ends = claimants.filter { $0.range.lowerBound <= vouchedEnd }.map(\.range.upperBound).sorted(by: >)
        if ends.count >= Self.corroboration { vouchedEnd = max(vouchedEnd, ends[Self.corroboration - 1]) }
        return .agreed
    }

    /// Tells that the piece was found to link. Walks the proof back from the digest as far as `verified` pieces reach.
    public mutating func linked(_ piece: Int, verified: PieceSet) {
        guard piece + 1 == provenStart else { return }
        while provenStart > 0, verified.contains(provenStart - 1) || provenStart - 1 == piece { provenStart -= 1 }
        if provenStart == 0 { vouchedEnd = layout.pieceCount }
    }

    /// Whether a piece of this node that does not link is its own fault: each of the piece's states is proven, or claimed by the node itself.
    public func incriminates(_ node: NodeID, by piece: Int) -> Bool {
        let range = claimants.first { $0.node == node }?.range ?? 0..<0
        return [piece, piece + 1].allSatisfy { trust(ofState: $0) == .proven || range.contains($0) }
    }

    /// Whether any state is believed, if at all, because the node says so.
    public func hasClaims(by node: NodeID) -> Bool {
        claimants.contains { $0.node == node && $0.range.upperBound > vouchedEnd }
    }

    /// Forgets what was merely claimed: pieces of several peers do not fit it.
    ///
    /// - Returns: the first state that is gone, and who claimed such.
    public mutating func dropClaims() -> (from: Int, claimants: [NodeID]) {
        let first = min(vouchedEnd, states.end)
        let liars = claimants.filter { $0.range.upperBound > first }.map(\.node)
        truncateClaims(from: first)
        claimants = []
        return (first, liars)
    }

    private func firstConflict(with list: StateList) -> Int? {
        (list.first..<min(list.end, states.end)).first { states[$0] != list[$0] }
    }

    private func contradictsProven(_ list: StateList) -> Bool {
        guard provenStart < list.end else { return false }
        return (max(list.first, provenStart)..<list.end).contains { index in
            guard let proven = island?[index] ?? states[index] else { return false }
            return proven != list[index]
        }
    }

    /// Cuts the list off, but keeps what is proven.
    private mutating func truncateClaims(from index: Int) {
        if island == nil, index < provenStart, provenStart < states.end { island = states.slice(provenStart..<states.end) }
        guard index < provenStart else { return }
        claimants = claimants.compactMap { claim in
            let range = claim.range.clamped(to: 0..<index)
            return range.isEmpty ? nil : (claim.node, range)
        }
        states.truncate(from: index)
    }

    /// Room for so many states is made at once; for more, whose number may be a lie, as they come.
    private static let mostReserved = 1024

    private mutating func extend(with list: StateList) {
        if states.isEmpty { states.reserve(min(layout.pieceCount - 1, Self.mostReserved)) }
        states.append(list)
        // The gap below proven states is closed: they belong to the list again.
        guard let proven = island, proven.first <= states.end else { return }
        island = nil
        extend(with: proven)
    }
}
