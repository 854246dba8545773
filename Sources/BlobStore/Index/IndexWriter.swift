import Glibc
import LMDB

/// The one thread that changes the index. It gathers what comes within a moment into one transaction, because each costs a disk flush.
///
/// Changes that nobody waits for and that the disk had no room for are kept, within bounds, and tried again before the next ones.
final class IndexWriter: Sendable {
    /// Changes that nobody waits for are committed after this time at the latest.
    static let gatheringMilliseconds: UInt64 = 200
    /// Whoever brings more changes than this waits.
    static let queueLimit = 16_384
    /// So many changes are committed at once.
    static let queueHigh = queueLimit / 2

    /// So many records of changes that failed for lack of space are kept to be tried again.
    static let retainedRecordLimit = 65_536

    fileprivate struct State {
        var queue = IndexBatch()
        var queuedSince: MonotonicTime?
        /// What the queue comes after: changes that nobody waited for and that the index had no room for.
        var retained = IndexBatch()
        /// Whoever waits for the next transaction, by number, and whether for all of it or only for the changes that it brought.
        var waiting: [(number: UInt64, forAll: Bool)] = []
        var nextNumber: UInt64 = 0
        /// What came of it.
        var outcomes: [UInt64: LMDBError?] = [:]
        /// Why the last transaction failed, if it did.
        var lastFailure: LMDBError?
        var isStopping = false
    }

    private let index: Index
    private let monitor = Monitor(State())
    private let thread: pthread_t

    init(_ index: Index) throws(BlobStoreError) {
        self.index = index
        let job = Unmanaged.passRetained(Job(index: index, monitor: monitor))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Job>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, job.toOpaque())
        guard code == 0 else {
            job.release()
            throw BlobStoreError(errno: code, "starting a thread for", index.environment.path)
        }
        self.thread = thread
    }

    /// Returns when all changes are committed and the thread has let go of the index.
    deinit {
        monitor.change { $0.isStopping = true }
        pthread_join(thread, nil)
    }

    /// Why the last transaction failed; nil when it went well.
    var lastFailure: BlobStoreError? {
        monitor.withLock { $0.lastFailure }.map { BlobStoreError($0, at: index.environment.path) }
    }

    /// Queues changes to be committed soon, in order; a crash may lose them.
    func submit(_ changes: [IndexChange]) {
        guard !changes.isEmpty else { return }
        let mustWake = monitor.wait { state, _ -> Bool? in
            guard state.queue.count < Self.queueLimit else { return nil }
            let before = state.queue.count
            state.enqueue(changes, areAwaited: false)
            // The thread has set its alarm when the first change came; in between it can sleep.
            return before == 0 || (before < Self.queueHigh && state.queue.count >= Self.queueHigh)
        }
        if mustWake { monitor.change { _ in } }
    }

    /// Commits changes, after everything queued before that is about the same, and returns when they are on the disk.
    func commit(_ changes: [IndexChange]) throws(BlobStoreError) {
        try wait(
            for: monitor.change { state in
                state.enqueue(changes, areAwaited: true)
                return state.wait(forAll: false)
            })
    }

    /// Returns when everything queued before is on the disk, what failed before included.
    func flush() throws(BlobStoreError) {
        try wait(for: monitor.change { $0.wait(forAll: true) })
    }

    private func wait(for number: UInt64) throws(BlobStoreError) {
        let failure = monitor.wait { state, _ in state.outcomes.removeValue(forKey: number) }
        if let failure { throw BlobStoreError(failure, at: index.environment.path) }
    }

    /// What the thread holds: not the writer itself, whose end stops it.
    private final class Job: Sendable {
        let index: Index
        let monitor: Monitor<State>

        init(index: Index, monitor: Monitor<State>) {
            self.index = index
            self.monitor = monitor
        }

        func run() {
            while let (batch, waiting) = nextBatch() {
                let outcome = commit(batch)
                monitor.change { state in
                    state.lastFailure = outcome.failure
                    // What was tried when the writer was to stop is not tried again.
                    if !state.isStopping { state.retained = outcome.retained }
                    for waiter in waiting {
                        state.outcomes.updateValue(waiter.forAll ? outcome.failure : outcome.awaitedFailure, forKey: waiter.number)
                    }
                }
            }
        }

        /// Waits until there is a reason to commit; nil when the writer stops and all is done.
        private func nextBatch() -> (batch: IndexBatch, waiting: [(number: UInt64, forAll: Bool)])? {
            monitor.wait { state, deadline -> (IndexBatch, [(number: UInt64, forAll: Bool)])?? in
                let isUrgent = !state.waiting.isEmpty || state.isStopping || state.queue.count >= IndexWriter.queueHigh
                if !isUrgent {
                    guard let due = state.queuedSince?.advanced(milliseconds: IndexWriter.gatheringMilliseconds) else { return nil }
                    guard MonotonicTime.now >= due else {
                        deadline = due
                        return nil
                    }
                }
                var batch = state.retained
                batch.append(state.queue)
                if state.isStopping, batch.isEmpty, state.waiting.isEmpty { return .some(nil) }
                defer {
                    state.retained = IndexBatch()
                    state.queue = IndexBatch()
                    state.queuedSince = nil
                    state.waiting = []
                }
                return (batch, state.waiting)
            }
        }

        private func commit(_ batch: IndexBatch) -> Outcome {
            guard let failure = attempt(batch) else { return Outcome() }
            guard failure.code == .diskFull || failure.code == .mapFull else { return Outcome(failure: failure, awaitedFailure: failure) }
            // What is left over from other blobs must not stand in the way of what somebody waits for.
            let (concerning, others) = (batch.concerningAwaited, batch.besidesAwaited)
            let isSplit = !concerning.isEmpty && !others.isEmpty
            let awaitedFailure = isSplit ? attempt(concerning) : failure
            let left = awaitedFailure == nil ? others : batch
            let retained = left.retained(recordLimit: IndexWriter.retainedRecordLimit)
            return Outcome(failure: failure, awaitedFailure: awaitedFailure, retained: retained)
        }

        private func attempt(_ batch: IndexBatch) -> LMDBError? {
            do {
                try index.apply(batch)
                return nil
            } catch {
                return error
            }
        }
    }

    /// What came of a batch.
    private struct Outcome {
        /// Why not all of it is on the disk.
        var failure: LMDBError?
        /// Why the awaited changes are not.
        var awaitedFailure: LMDBError?
        /// What is to be tried before the next ones.
        var retained = IndexBatch()
    }
}

extension IndexWriter.State {
    fileprivate mutating func enqueue(_ changes: [IndexChange], areAwaited: Bool) {
        guard !changes.isEmpty else { return }
        if queue.isEmpty { queuedSince = MonotonicTime.now }
        queue.append(changes, areAwaited: areAwaited)
    }

    /// A place among those who wait for the next transaction.
    fileprivate mutating func wait(forAll: Bool) -> UInt64 {
        nextNumber += 1
        waiting.append((nextNumber, forAll))
        return nextNumber
    }
}
