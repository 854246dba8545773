import LMDB
import Swarm

/// One change of the tables. Changes are data so that a single thread can gather them into transactions.
enum IndexChange: Sendable {
    case begin(Digest, size: UInt64)
    case recordPiece(Digest, piece: Int)
    case recordStates(Digest, StateList)
    case forgetPieces(Digest, [Int])
    case forgetStates(Digest, [Int])
    /// Drops a partial blob with its pieces and states.
    case forgetPartial(Digest)
    /// A whole blob takes the place of the partial one.
    case publish(Digest, WholeRecord, StateList)
    /// A whole blob was used again.
    case use(Digest, WholeRecord)
    /// A manifest names these blobs.
    case name(Digest, [Digest])
    /// Not everybody may have a blob: a registry says who may.
    case restrict(Digest, String)
    case unrestrict(Digest)
    case remove(Digest)
    case remember(key: [UInt8], TagRecord)
    case forgetTag(key: [UInt8])
}

extension Index {
    func apply(_ change: IndexChange, _ transaction: borrowing WriteTransaction) throws(LMDBError) {
        switch change {
        case .begin(let digest, let size):
            // An earlier beginning may have left records of its own when the disk was full.
            try forgetPartial(digest, transaction)
            try transaction.put(size, at: DigestKey(digest), in: partials)
        case .recordPiece(let digest, let piece):
            try transaction.put([], at: NumberedKey(digest, piece), in: pieces)
        case .recordStates(let digest, let list):
            for number in list.first..<list.end {
                guard let state = list[number] else { continue }
                try transaction.put(state.bytes, at: NumberedKey(digest, number), in: states)
            }
        case .forgetPieces(let digest, let numbers):
            for number in numbers { try transaction.delete(NumberedKey(digest, number), from: pieces) }
        case .forgetStates(let digest, let numbers):
            for number in numbers { try transaction.delete(NumberedKey(digest, number), from: states) }
        case .forgetPartial(let digest):
            try forgetPartial(digest, transaction)
            try transaction.delete(DigestKey(digest), from: names)
        case .publish(let digest, let record, let list):
            try forgetPartial(digest, transaction)
            try transaction.put(record, at: DigestKey(digest), in: blobs)
            if !list.isEmpty { try transaction.put(list.bytes, at: DigestKey(digest), in: chains) }
        case .use(let digest, let record):
            // The blob may have been removed since.
            guard try transaction.contains(DigestKey(digest), in: blobs) else { return }
            try transaction.put(record, at: DigestKey(digest), in: blobs)
        case .remove(let digest):
            try transaction.delete(DigestKey(digest), from: blobs)
            try transaction.delete(DigestKey(digest), from: chains)
            try transaction.delete(DigestKey(digest), from: names)
            try transaction.delete(DigestKey(digest), from: restrictions)
        case .restrict(let digest, let registry):
            try transaction.put(registry, at: DigestKey(digest), in: restrictions)
        case .unrestrict(let digest):
            try transaction.delete(DigestKey(digest), from: restrictions)
        case .name(let manifest, let digests):
            let key = DigestKey(manifest)
            let isWhole = try transaction.contains(key, in: blobs)
            let isPartial = try transaction.contains(key, in: partials)
            guard isWhole || isPartial else { return }
            try transaction.put(NameList(digests), at: key, in: names)
        case .remember(let key, let record):
            try transaction.put(record, at: key, in: tags)
        case .forgetTag(let key):
            try transaction.delete(key, from: tags)
        }
    }

    private func forgetPartial(_ digest: Digest, _ transaction: borrowing WriteTransaction) throws(LMDBError) {
        let prefix = DigestKey(digest).bytes
        try transaction.delete(DigestKey(digest), from: partials)
        try transaction.delete(prefix: prefix, from: pieces)
        try transaction.delete(prefix: prefix, from: states)
    }
}
