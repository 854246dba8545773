import Swarm

extension BlobStore {
    /// A whole blob, as the store remembers it while it runs.
    struct Whole {
        var record: WholeRecord
        /// Tells the blob from one of the same digest that was removed before.
        let birth: UInt64
        /// Open readers; a blob that has any is not evicted.
        var readers = 0
    }

    enum Entry {
        case whole(Whole)
        /// A partial blob of an earlier run that nobody has asked for yet, or one that nobody wants any more.
        case dormant(size: UInt64)
        case partial(PartialBlob)
        /// A call is changing the blob; others wait.
        case busy
    }

    struct State {
        private(set) var entries: [Digest: Entry] = [:]
        private(set) var wholeCount = 0
        private(set) var wholeBytes: UInt64 = 0
        private var allPartialBytes: UInt64 = 0
        /// Partial blobs whose size is not certain, and their bytes: they take no room until it is.
        private(set) var uncertain: [Digest: UInt64] = [:]
        /// Of those, the bytes of blobs that nobody wants now.
        private(set) var dormantBytes: UInt64 = 0
        /// The partial blobs, wanted or not.
        private(set) var incomplete: Set<Digest> = []
        /// Blobs whose last use the index does not know.
        private(set) var unrecordedUses: Set<Digest> = []
        /// Digests that a tag names, or named since the start.
        private(set) var tagged: Set<Digest> = []
        /// Bytes that the partial blobs will have, as far as that is certain.
        var partialBytes: UInt64 { allPartialBytes - uncertain.values.reduce(0, +) }

        /// The registries whose proof readers need of blobs that not everybody may have.
        var restrictions: [Digest: String] = [:]

        private var names = NamedBlobs()
        private var order = EvictionOrder()
        private var uses: UInt64 = 0
        private var births: UInt64 = 0
        private var temporaryFiles = 0

        /// A number higher than any use had before.
        mutating func nextUse() -> UInt64 {
            uses += 1
            return uses
        }

        /// A whole blob that is taken in.
        mutating func newWhole(_ record: WholeRecord) -> Whole {
            uses = max(uses, record.use)
            births += 1
            return Whole(record: record, birth: births)
        }

        mutating func nextTemporaryFile() -> Int {
            temporaryFiles += 1
            return temporaryFiles
        }

        mutating func dropIdleRestrictions() {
            restrictions = restrictions.filter { entries[$0.key] != nil }
        }

        mutating func tag(_ digest: Digest) { tagged.insert(digest) }

        func whole(_ digest: Digest) -> Whole? {
            if case .whole(let whole) = entries[digest] { whole } else { nil }
        }

        /// Marks a blob as being changed; its bytes are counted as before until `finish`.
        mutating func begin(_ digest: Digest) { entries[digest] = .busy }

        /// Gives a blob that was busy a new entry, and keeps the sums.
        mutating func finish(_ digest: Digest, _ before: Entry?, with after: Entry?) {
            count(before, -1)
            count(after, 1)
            entries[digest] = after
            switch after {
            case .partial: incomplete.insert(digest)
            case .dormant:
                incomplete.insert(digest)
                uncertain[digest] = nil
            case .whole, .busy:
                incomplete.remove(digest)
                uncertain[digest] = nil
            case nil:
                incomplete.remove(digest)
                uncertain[digest] = nil
                unrecordedUses.remove(digest)
                if case .whole = before { restrictions[digest] = nil }
                for name in names.forget(digest) { offer(name) }
            }
            offer(digest)
        }

        /// The size of a partial blob is somebody's claim, or not any more.
        mutating func setCertain(_ isCertain: Bool, _ digest: Digest) {
            if !isCertain, case .partial(let partial) = entries[digest] {
                uncertain[digest] = partial.layout.blobSize
            } else {
                uncertain[digest] = nil
            }
        }

        // MARK: Uses

        /// A reader opens a whole blob.
        ///
        /// - Parameter now: seconds since 1970; nil if the use is to be recorded later in any case.
        /// - Returns: the blob, and whether the use is worth a record of its own: its time is only for the order after a restart.
        mutating func beginUse(_ digest: Digest, at now: UInt64?) -> (whole: Whole, isWorthRecording: Bool)? {
            guard var whole = whole(digest) else { return nil }
            whole.readers += 1
            whole.record.use = nextUse()
            defer { entries[digest] = .whole(whole) }
            guard let now, now >= whole.record.usedAtSeconds + BlobStore.useResolutionSeconds else {
                unrecordedUses.insert(digest)
                return (whole, false)
            }
            whole.record.usedAtSeconds = now
            return (whole, true)
        }

        /// A reader closes: until now the blob was in use.
        mutating func endUse(_ digest: Digest, birth: UInt64) {
            guard var whole = whole(digest), whole.birth == birth else { return }
            whole.readers -= 1
            whole.record.use = nextUse()
            unrecordedUses.insert(digest)
            entries[digest] = .whole(whole)
            offer(digest)
        }

        /// What the index does not know yet of the blobs' uses.
        mutating func takeUnrecordedUses() -> [IndexChange] {
            defer { unrecordedUses = [] }
            return unrecordedUses.sorted().compactMap { digest in whole(digest).map { .use(digest, $0.record) } }
        }

        // MARK: Eviction

        /// Blobs that wait to be evicted, with what is out of date.
        var candidateCount: Int { order.count }

        /// A manifest that the store has, whole or in part, names these blobs.
        /// - Returns: whether that is news.
        mutating func name(_ digests: [Digest], by manifest: Digest) -> Bool {
            guard entries[manifest] != nil, names.set(digests, of: manifest) else { return false }
            offer(manifest)
            return true
        }

        /// A blob may have become one that can be evicted, or one that is evicted at another time.
        mutating func offer(_ digest: Digest) {
            guard let candidate = candidate(digest) else { return }
            order.add(candidate)
            // Most of it is out of date by now.
            guard order.count > 2 * wholeCount + 1024 else { return }
            order.replace(with: entries.keys.compactMap { self.candidate($0) })
        }

        /// Takes the whole blob that is to go first out of the order. Should it stay after all, it must be offered again.
        mutating func firstVictim(except kept: Set<Digest>) -> BlobStore.HeldBlob? {
            var passed: [EvictionOrder.Candidate] = []
            defer { for candidate in passed { order.add(candidate) } }
            while let candidate = order.popFirst() {
                guard candidate == self.candidate(candidate.digest), let whole = whole(candidate.digest) else { continue }
                guard kept.contains(candidate.digest) else {
                    return BlobStore.HeldBlob(digest: candidate.digest, size: whole.record.size)
                }
                passed.append(candidate)
            }
            return nil
        }

        /// nil for what must not be evicted now: what is read, and what goes only with its manifest.
        private func candidate(_ digest: Digest) -> EvictionOrder.Candidate? {
            guard let whole = whole(digest), whole.readers == 0, !names.isNamed(digest) else { return nil }
            return EvictionOrder.Candidate(rank: names.isManifest(digest) ? .image : .loose, use: whole.record.use, digest: digest)
        }

        private mutating func count(_ entry: Entry?, _ sign: Int) {
            switch entry {
            case .whole(let whole):
                wholeCount += sign
                wholeBytes = sign > 0 ? wholeBytes + whole.record.size : wholeBytes - whole.record.size
            case .dormant(let size):
                allPartialBytes = sign > 0 ? allPartialBytes + size : allPartialBytes - size
                dormantBytes = sign > 0 ? dormantBytes + size : dormantBytes - size
            case .partial(let partial):
                let size = partial.layout.blobSize
                allPartialBytes = sign > 0 ? allPartialBytes + size : allPartialBytes - size
            case nil, .busy: break
            }
        }
    }

    /// Takes a blob's turn: `body` sees what it is and gives it back with a new entry, or nil when it is gone. The others wait meanwhile.
    ///
    /// - Parameter settled: what the call comes to when there is nothing to change: the blob stays visible then.
    func exclusively<Result>(
        _ digest: Digest, unless settled: (Entry?) throws(BlobStoreError) -> Result?,
        _ body: (Entry?) throws(BlobStoreError) -> (Entry?, Result)
    ) throws(BlobStoreError) -> Result {
        let turn = try state.wait { state, _ throws(BlobStoreError) -> Turn<Result>? in
            let entry = state.entries[digest]
            if case .busy = entry { return nil }
            if let result = try settled(entry) { return .none(result) }
            state.begin(digest)
            return .taken(entry)
        }
        switch turn {
        case .none(let result): return result
        case .taken(let before):
            do throws(BlobStoreError) {
                let (after, result) = try body(before)
                state.change { $0.finish(digest, before, with: after) }
                return result
            } catch {
                state.change { $0.finish(digest, before, with: before) }
                throw error
            }
        }
    }

    private enum Turn<Result> {
        case none(Result)
        case taken(Entry?)
    }

    /// A blob that is about to become whole.
    func newWhole(size: UInt64) -> Whole {
        state.withLock { state in
            let use = state.nextUse()
            return state.newWhole(WholeRecord(size: size, usedAtSeconds: configuration.nowSeconds(), use: use))
        }
    }
}
