import OrderedCollections

/// What tags mean, as the agent said that asked the registry last. Of all that want to know at once, one asks.
///
/// Pure. Whoever waits for long asks by itself, so that a board that is wrong, full or gone costs only time.
struct TagBoard: Sendable {
    typealias Reply = (session: SessionID, reply: TrackerReply)

    private struct Entry {
        var meaning: TagMeaning?
        var toldAt: Instant = .zero
        /// Who asks the registry now, and since when.
        var asker: (session: SessionID, since: Instant)?
        /// Who waits for that, in order.
        var waiting: OrderedSet<SessionID> = []
        /// Askers in a row to whom the registry gave no answer.
        var failures = 0
    }

    /// Tags that are remembered.
    static let tagLimit = 65_536
    /// Agents that wait, over all tags.
    static let waitingLimit = 262_144
    /// Whoever asks the registry for longer is joined by the next one. Less than agents wait.
    static let patience: Duration = .seconds(3)
    /// What was told longer ago is forgotten: twice what agents take a word for unless they are told otherwise.
    static let memory: Duration = .seconds(600)
    static let sweepInterval: Duration = .seconds(60)
    /// So many askers fail before all are left to ask by themselves: then it is the registry, and each has its own means and its own memory.
    static let failureLimit = 3

    private var entries: [TagName: Entry] = [:]
    /// Tags for which somebody asks, in the order in which that began.
    private var asked: [TagName] = []
    private var waitingCount = 0
    /// Who asks no registry, and waits for those who do.
    private var offline: Set<SessionID> = []
    private var sweptAt: Instant = .zero

    var count: Int { entries.count }

    /// An agent wants to know.
    /// - Parameter maxAge: how long ago the registry may have been asked.
    mutating func ask(_ name: TagName, notOlderThan maxAge: Duration, from session: SessionID, now: Instant) -> [Reply] {
        guard entries[name] != nil || entries.count < Self.tagLimit else { return [(session, .askOrigin(name))] }
        if let meaning = entries[name]?.meaning, let toldAt = entries[name]?.toldAt, now - toldAt < maxAge {
            return [(session, .meaning(name, meaning, age: now - toldAt))]
        }
        let (isOffline, asker) = (offline.contains(session), entries[name]?.asker)
        if let asker, asker.session != session, isOffline || now - asker.since < Self.patience, waitingCount < Self.waitingLimit {
            // In place: thousands wait for one tag.
            if entries[name]?.waiting.append(session).inserted == true { waitingCount += 1 }
            return []
        }
        if !isOffline {
            if asker == nil { asked.append(name) }
            entries[name, default: Entry()].asker = (session, now)
        }
        return [(session, .askOrigin(name))]
    }

    /// An agent has asked the registry.
    /// - Parameter meaning: nil when it could not be told.
    mutating func tell(_ name: TagName, _ meaning: TagMeaning?, from session: SessionID, now: Instant) -> [Reply] {
        guard entries[name] != nil || meaning != nil && entries.count < Self.tagLimit else { return [] }
        var entry = entries[name] ?? Entry()
        guard let meaning else {
            guard entry.asker?.session == session else { return [] }
            entry.failures += 1
            entries[name] = entry
            return passOn(name, now)
        }
        let replies = entry.waiting.map { Reply($0, .meaning(name, meaning, age: .zero)) }
        waitingCount -= entry.waiting.count
        if entry.asker != nil { asked.removeAll { $0 == name } }
        entries[name] = Entry(meaning: meaning, toldAt: now)
        return replies
    }

    /// An agent asks no registry, whatever it is told to.
    mutating func noteOffline(_ session: SessionID) { offline.insert(session) }

    /// An agent is gone: it neither asks nor waits.
    mutating func leave(_ session: SessionID, now: Instant) -> [Reply] {
        var replies: [Reply] = []
        offline.remove(session)
        for name in asked {
            if entries[name]?.waiting.remove(session) != nil { waitingCount -= 1 }
            if entries[name]?.asker?.session == session { replies += passOn(name, now) }
        }
        return replies
    }

    /// Passes on what takes too long, and forgets what is old.
    mutating func tick(now: Instant) -> [Reply] {
        var replies: [Reply] = []
        for name in asked {
            guard let asker = entries[name]?.asker, now - asker.since >= Self.patience else { continue }
            replies += passOn(name, now)
        }
        if now - sweptAt >= Self.sweepInterval {
            sweptAt = now
            entries = entries.filter { $0.value.asker != nil || now - $0.value.toldAt < Self.memory }
        }
        return replies
    }

    /// The next one that may asks; where there is none, and after too many failures, all others are left to themselves.
    private mutating func passOn(_ name: TagName, _ now: Instant) -> [Reply] {
        guard var entry = entries[name] else { return [] }
        let told: [SessionID]
        if entry.failures < Self.failureLimit, let next = entry.waiting.firstIndex(where: { !offline.contains($0) }) {
            told = [entry.waiting.remove(at: next)]
            entry.asker = (told[0], now)
        } else {
            told = Array(entry.waiting)
            entry = Entry(meaning: entry.meaning, toldAt: entry.toldAt)
            asked.removeAll { $0 == name }
        }
        waitingCount -= told.count
        entries[name] = entry.asker == nil && entry.meaning == nil ? nil : entry
        return told.map { Reply($0, .askOrigin(name)) }
    }
}
