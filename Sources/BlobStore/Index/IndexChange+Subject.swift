import Swarm

extension IndexChange {
    /// What a change is about. Changes of different subjects touch different records and can change places; those of one cannot.
    enum Subject: Hashable {
        case blob(Digest)
        case tag(key: [UInt8])
    }

    var subject: Subject {
        switch self {
        case .begin(let digest, _), .recordPiece(let digest, _), .recordStates(let digest, _), .forgetPieces(let digest, _),
            .forgetStates(let digest, _), .forgetPartial(let digest), .publish(let digest, _, _), .use(let digest, _), .name(let digest, _),
            .restrict(let digest, _), .unrestrict(let digest), .remove(let digest):
            .blob(digest)
        case .remember(let key, _), .forgetTag(let key): .tag(key: key)
        }
    }

    /// Records that it writes or deletes, roughly: its size in memory.
    var recordCount: Int {
        switch self {
        case .recordStates(_, let list): list.end - list.first
        case .publish(_, _, let list): 1 + list.end - list.first
        case .forgetPieces(_, let numbers), .forgetStates(_, let numbers): numbers.count
        case .name(_, let digests): digests.count
        case .begin, .recordPiece, .forgetPartial, .use, .restrict, .unrestrict, .remove, .remember, .forgetTag: 1
        }
    }

    /// Records that a later change of the same subject may sweep away.
    enum Perishable {
        /// Pieces and states of a partial blob.
        case pieces
        case names
        case use
    }

    /// What it records, if it records or deletes nothing else.
    var perishable: Perishable? {
        switch self {
        case .recordPiece, .recordStates, .forgetPieces, .forgetStates: .pieces
        case .name: .names
        case .use: .use
        default: nil
        }
    }

    /// What it leaves nothing of.
    var sweptAway: [Perishable] {
        switch self {
        case .begin, .publish: [.pieces]
        case .forgetPartial: [.pieces, .names]
        case .remove: [.names, .use]
        default: []
        }
    }
}
