import Swarm

/// A swarm of the plainest policy there is, to hold the network model against what others found for it.
///
/// Who may ask for another piece takes any pair of a neighbour and a piece that the neighbour has and it neither has nor has asked for, all
/// as likely. Peer 0 has all from the beginning; nobody chooses what it sends, so that it sends some twice before it has sent all once.
struct ReferenceSwarm: ~Copyable {
    struct Peer {
        let up: FluidNetwork.PortID
        let down: FluidNetwork.PortID
        let neighbours: [Int]
        var have: PieceBits
        /// What it has or has asked for.
        var taken: PieceBits
        /// How much of what each neighbour has is not taken.
        var useful: [Int]
        var sending = 0
        var receiving = 0
    }

    struct Transfer {
        let from: Int
        let to: Int
        let piece: Int
    }

    static let pieceBytes = 4e6
    /// Of every link, each way; so a piece takes a second.
    static let rate = 4e6

    let pieces: Int
    /// Pieces that a peer sends, and that it receives, at a time.
    let transferLimit: Int
    var random: SeededGenerator
    var network = FluidNetwork()
    var peers: [Peer] = []

    /// - Parameter seed: of the graph, and of what is asked for.
    init(peers count: Int, pieces: Int, neighbours: Int, transferLimit: Int, seed: UInt64) {
        self.pieces = pieces
        self.transferLimit = transferLimit
        random = SeededGenerator(seed: seed)
        for (peer, neighbours) in RandomRegularGraph.make(count, degree: neighbours, &random).enumerated() {
            guard let up = network.addPort(Self.rate), let down = network.addPort(Self.rate) else { continue }
            let have = PieceBits(count: pieces, isFull: peer == 0)
            let useful = neighbours.map { peer != 0 && $0 == 0 ? pieces : 0 }
            peers.append(Peer(up: up, down: down, neighbours: neighbours, have: have, taken: have, useful: useful))
        }
    }

    func isComplete(_ peer: Int) -> Bool { peers[peer].have.count == pieces }

    /// What the peer asks for next, if it may and there is something; it is asked for then.
    mutating func ask(_ peer: Int) -> Transfer? {
        guard peers[peer].receiving < transferLimit else { return nil }
        var total = 0
        for (index, neighbour) in peers[peer].neighbours.enumerated() where peers[neighbour].sending < transferLimit {
            total += peers[peer].useful[index]
        }
        guard total > 0 else { return nil }
        var rank = Int.random(in: 0..<total, using: &random)
        for (index, neighbour) in peers[peer].neighbours.enumerated() where peers[neighbour].sending < transferLimit {
            if rank < peers[peer].useful[index], let piece = peers[neighbour].have.piece(rank, without: peers[peer].taken) {
                take(piece, from: neighbour, by: peer)
                return Transfer(from: neighbour, to: peer, piece: piece)
            }
            rank -= peers[peer].useful[index]
        }
        return nil
    }

    private mutating func take(_ piece: Int, from sender: Int, by peer: Int) {
        peers[peer].taken.insert(piece)
        peers[peer].receiving += 1
        peers[sender].sending += 1
        for (index, neighbour) in peers[peer].neighbours.enumerated() where peers[neighbour].have.contains(piece) {
            peers[peer].useful[index] -= 1
        }
    }

    /// The peer has the piece; its neighbours may ask for it.
    mutating func receive(_ transfer: Transfer) {
        let peer = transfer.to
        peers[peer].have.insert(transfer.piece)
        for neighbour in peers[peer].neighbours where !peers[neighbour].taken.contains(transfer.piece) {
            guard let index = peers[neighbour].neighbours.firstIndex(of: peer) else { continue }
            peers[neighbour].useful[index] += 1
        }
    }

    /// Puts the transfer on the links.
    mutating func start(_ transfer: Transfer, now: Int64) -> FluidNetwork.FlowID {
        let flow = network.open(through: [peers[transfer.from].up, peers[transfer.to].down])
        network.start(flow, now: now)
        return flow
    }
}
