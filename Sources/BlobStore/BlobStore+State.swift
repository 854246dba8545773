import Swarm

extension BlobStore {
    /// A whole blob, as the store remembers it while it runs.
    struct Whole {
        var record: WholeRecord
        /// Uses are numbered; the blob with the lowest number is the first to be evicted.
        var lastUse: UInt64
        /// Tells the blob from one of the same digest that was removed before.
        let birth: UInt64
        /// Open readers; a blob that has any is not evicted.
        var readers = 0

        /// - Parameter use: a number that no use had before.
        init(_ record: WholeRecord, use: UInt64) {
            self.record = record
            self.lastUse = use
            self.birth = use
        }
    }

    enum Entry {
        case whole(Whole)
        /// A partial blob of an earlier run that nobody has asked for yet.
        case dormant(size: UInt64)
        case partial(PartialBlob)
        /// A call is changing the blob; others wait.
        case busy
    }

    struct State {
        private(set) var entries: [Digest: Entry] = [:]
        private(set) var wholeCount = 0
        private(set) var wholeBytes: UInt64 = 0
        /// Bytes that the partial blobs will have.
        private(set) var partialBytes: UInt64 = 0
        /// Digests that a tag names, or named since the start.
        private(set) var tagged: Set<Digest> = []
        private var uses: UInt64 = 0
        private var temporaryFiles = 0

        /// A number that no use and no file had before.
        mutating func nextUse() -> UInt64 {
            uses += 1
            return uses
        }

        mutating func nextTemporaryFile() -> Int {
            temporaryFiles += 1
            return temporaryFiles
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
        }

        mutating func update(_ digest: Digest, _ change: (inout Whole) -> Void) {
            guard case .whole(var whole) = entries[digest] else { return }
            change(&whole)
            entries[digest] = .whole(whole)
        }

        private mutating func count(_ entry: Entry?, _ sign: Int) {
            switch entry {
            case .whole(let whole):
                wholeCount += sign
                wholeBytes = sign > 0 ? wholeBytes + whole.record.size : wholeBytes - whole.record.size
            case .dormant(let size): partialBytes = sign > 0 ? partialBytes + size : partialBytes - size
            case .partial(let partial):
                let size = partial.layout.blobSize
                partialBytes = sign > 0 ? partialBytes + size : partialBytes - size
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
        Whole(WholeRecord(size: size, usedAtSeconds: configuration.nowSeconds()), use: state.withLock { $0.nextUse() })
    }
}
