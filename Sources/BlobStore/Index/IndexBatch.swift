import LMDB

/// Changes for one transaction, in order, some of them awaited: whoever brought those is told when they fail, and then undoes what
/// they stand for. The others are retried, because nobody would bring them again.
struct IndexBatch {
    struct Item {
        let change: IndexChange
        let isAwaited: Bool
    }

    private(set) var items: [Item] = []

    var isEmpty: Bool { items.isEmpty }
    var count: Int { items.count }

    mutating func append(_ changes: [IndexChange], areAwaited: Bool) {
        items += changes.map { Item(change: $0, isAwaited: areAwaited) }
    }

    mutating func append(_ other: IndexBatch) { items += other.items }

    /// The awaited changes and those of the same subjects: what must succeed for their sake.
    var concerningAwaited: IndexBatch {
        let subjects = Set(items.lazy.filter(\.isAwaited).map(\.change.subject))
        return IndexBatch(items: items.filter { subjects.contains($0.change.subject) })
    }

    /// What `concerningAwaited` leaves out.
    var besidesAwaited: IndexBatch {
        let subjects = Set(items.lazy.filter(\.isAwaited).map(\.change.subject))
        return IndexBatch(items: items.filter { !subjects.contains($0.change.subject) })
    }

    /// What is to be tried again after the batch failed: the changes that nobody waits for, the oldest that come to `recordLimit` records.
    /// What is left out costs a restart what a crash would: pieces that are fetched again, files that are looked through.
    func retained(recordLimit: Int) -> IndexBatch {
        var left = recordLimit
        let unawaited = IndexBatch(items: items.filter { !$0.isAwaited }).withoutMoot
        return IndexBatch(
            items: Array(
                unawaited.items.prefix { item in
                    left -= item.change.recordCount
                    return left >= 0
                }))
    }

    /// The same without records that a later change sweeps away: on a full disk they could be what the batch fails for.
    var withoutMoot: IndexBatch {
        var swept: [IndexChange.Subject: Set<IndexChange.Perishable>] = [:]
        let backwards = items.reversed().filter { item in
            let sweptAway = item.change.sweptAway
            if !sweptAway.isEmpty { swept[item.change.subject, default: []].formUnion(sweptAway) }
            guard let perishable = item.change.perishable else { return true }
            return swept[item.change.subject]?.contains(perishable) != true
        }
        return IndexBatch(items: backwards.reversed())
    }
}

extension Index {
    /// All of the batch in one transaction.
    func apply(_ batch: IndexBatch) throws(LMDBError) {
        guard !batch.isEmpty else { return }
        try environment.write { transaction throws(LMDBError) in
            for item in batch.withoutMoot.items { try apply(item.change, transaction) }
        }
    }
}
