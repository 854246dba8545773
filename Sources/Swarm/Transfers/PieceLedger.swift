/// How each piece of one blob stands on this node: who has it, and whether it is here, being checked, asked for, or left to ask for.
///
/// What is left is asked at nearly every event, and mostly nothing is: it is kept, and for that nothing changes but through here.
struct PieceLedger: ~Copyable, Sendable {
    /// Those that some peer has and that are neither here, nor being checked, nor asked for.
    private(set) var left: PieceSet
    /// Verified and stored.
    private(set) var have: PieceSet
    /// Whole, but not yet verified.
    private(set) var checking: PieceSet
    private(set) var requests: PieceRequests
    /// Who has what, by the peer's index among the sources.
    private(set) var holders: PieceHolders

    init(pieceCount: Int, peers: Int = 0) {
        left = PieceSet(pieceCount: pieceCount)
        have = left
        checking = left
        requests = PieceRequests(pieceCount: pieceCount)
        holders = PieceHolders(pieceCount: pieceCount)
        holders.makeRoom(for: peers)
    }

    /// Looks at one piece anew.
    private mutating func note(_ piece: Int) {
        let isLeft =
            holders.available.contains(piece) && !have.contains(piece) && !checking.contains(piece) && !requests.pieces.contains(piece)
        if isLeft { left.insert(piece) } else { left.remove(piece) }
    }

    private mutating func noteAll() { left.become(holders.available, without: have, checking, requests.pieces) }

    // MARK: Pieces

    /// These are here from an earlier run.
    mutating func resume(_ pieces: PieceSet) {
        have = pieces
        noteAll()
    }

    mutating func check(_ piece: Int) {
        checking.insert(piece)
        left.remove(piece)
    }

    /// It was checked, and did not come to be here.
    mutating func stopChecking(_ piece: Int) {
        checking.remove(piece)
        note(piece)
    }

    /// It is verified and stored.
    ///
    /// - Returns: whether it was not before.
    mutating func store(_ piece: Int) -> Bool {
        checking.remove(piece)
        left.remove(piece)
        return have.insert(piece)
    }

    /// What is here of it is not believed any more.
    mutating func forget(_ piece: Int) {
        have.remove(piece)
        note(piece)
    }

    // MARK: Requests

    mutating func add(_ request: PieceRequest) {
        requests.add(request)
        left.remove(request.piece)
    }

    /// Bytes of the request at `index` have come.
    mutating func receive(_ count: Int, at index: Int) { requests.receive(count, at: index) }

    @discardableResult
    mutating func removeRequest(at index: Int) -> PieceRequest {
        let request = requests.remove(at: index)
        note(request.piece)
        return request
    }

    /// - Returns: what was removed, in the order in which it was asked.
    mutating func removeRequests(where isGone: (PieceRequest) -> Bool) -> [PieceRequest] {
        let gone = requests.remove(where: isGone)
        for request in gone { note(request.piece) }
        return gone
    }

    // MARK: Peers

    mutating func makeRoom(forPeers peers: Int) { holders.makeRoom(for: peers) }

    /// The peer has one more piece.
    ///
    /// - Returns: whether it was new.
    @inline(__always)
    mutating func gained(_ piece: Int, _ peer: Int) -> Bool {
        let before = holders.available.count
        guard holders.insert(piece, peer) else { return false }
        if holders.available.count != before { note(piece) }
        return true
    }

    /// The peer is not to be asked for the piece.
    ///
    /// - Returns: whether it had it.
    mutating func declined(_ piece: Int, _ peer: Int) -> Bool {
        guard holders.remove(piece, peer) else { return false }
        note(piece)
        return true
    }

    /// The peer says what it can serve, of a blob with as many pieces.
    mutating func take(_ offer: PieceSet, of peer: Int) {
        holders.take(offer, of: peer)
        noteAll()
    }

    /// The peer makes no offer any more.
    mutating func withdrawOffer(of peer: Int) {
        holders.withdraw(peer)
        noteAll()
    }

    /// The peer is gone, and those after it move up, as in the array of sources.
    mutating func removePeer(_ peer: Int) {
        holders.removePeer(peer)
        noteAll()
    }
}
