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
        var waiting: [SessionID] = []
        /// Askers in a row to whom the registry gave no answer.
        var failures = 0
    }

    /// Tags that are remembered.
    static let tagLimit = 65_536
    /// Agents that wait, over all tags.
    static let waitingLimit = 262_144
    /// Whoever asks the registry for longer is joined by the next one. Less than agents wait.
    static let patience: Duration = .seconds(3)
    /// Longer than agents take any word for.
    static let memory: Duration = .seconds(600)
    static let sweepInterval: Duration = .seconds(60)
    /// So many askers fail before all are left to ask by themselves: then it is the registry, and each has its own means and its own memory.
    static let failureLimit = 3

    private var entries: [TagName: Entry] = [:]
    /// Tags for which somebody asks, in the order in which that began.
    private var asked: [TagName] = []
    private var waitingCount = 0
    private var sweptAt: Instant = .zero

    var count: Int { entries.count }

    /// An agent wants to know.
    /// - Parameter maxAge: how long ago the registry may have been asked.
    mutating func ask(_ name: TagName, notOlderThan maxAge: Duration, from session: SessionID, now: Instant) -> [Reply] {
        guard entries[name] != nil || entries.count < Self.tagLimit else { return [(session, .askOrigin(name))] }
        var entry = entries[name] ?? Entry()
        if let meaning = entry.meaning, now - entry.toldAt < maxAge {
            return [(session, .meaning(name, meaning, age: now - entry.toldAt))]
        }
        if let asker = entry.asker, asker.session != session, now - asker.since < Self.patience, waitingCount < Self.waitingLimit {
            if !entry.waiting.contains(session) {
                entry.waiting.append(session)
                waitingCount += 1
                entries[name] = entry
            }
            return []
        }
        if entry.asker == nil { asked.append(name) }
        entry.asker = (session, now)
        entries[name] = entry
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

    /// An agent is gone: it neither asks nor waits.
    mutating func leave(_ session: SessionID, now: Instant) -> [Reply] {
        var replies: [Reply] = []
        for name in asked {
            guard var entry = entries[name] else { continue }
            if let place = entry.waiting.firstIndex(of: session) {
                entry.waiting.remove(at: place)
                waitingCount -= 1
                entries[name] = entry
            }
            if entry.asker?.session == session { replies += passOn(name, now) }
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

    /// The next one asks; after too many failures all others do.
    private mutating func passOn(_ name: TagName, _ now: Instant) -> [Reply] {
        guard var entry = entries[name] else { return [] }
        defer {
            if entry.asker == nil {
                asked.removeAll { $0 == name }
                entry.failures = 0
            }
            entries[name] = entry.asker == nil && entry.meaning == nil ? nil : entry
        }
        entry.asker = nil
        let count = entry.failures >= Self.failureLimit ? entry.waiting.count : min(1, entry.waiting.count)
        let next = entry.waiting.prefix(count)
        entry.waiting.removeFirst(count)
        waitingCount -= count
        if entry.failures < Self.failureLimit, let session = next.first { entry.asker = (session, now) }
        return next.map { Reply($0, .askOrigin(name)) }
    }
}
