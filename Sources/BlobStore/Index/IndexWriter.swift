import Glibc
import LMDB

/// The one thread that changes the index. It gathers what comes within a moment into one transaction, because each costs a disk flush.
final class IndexWriter: Sendable {
    /// Changes that nobody waits for are committed after this time at the latest.
    static let gatheringMilliseconds: UInt64 = 200
    /// Whoever brings more changes than this waits.
    static let queueLimit = 16_384
    /// So many changes are committed at once.
    static let queueHigh = queueLimit / 2

    fileprivate struct State {
        var queue: [IndexChange] = []
        var queuedSince: MonotonicTime?
        /// Changes ever queued, and of those how many are through.
        var queued: UInt64 = 0
        var finished: UInt64 = 0
        /// Somebody waits for the changes up to this one.
        var urgent: UInt64 = 0
        /// Failed transactions that somebody waits for: the changes after `from` up to `to`.
        var failures: [(from: UInt64, to: UInt64, error: LMDBError)] = []
        var waiters = 0
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
            state.enqueue(changes)
            // The thread has set its alarm when the first change came; in between it can sleep.
            return before == 0 || (before < Self.queueHigh && state.queue.count >= Self.queueHigh)
        }
        if mustWake { monitor.change { _ in } }
    }

    /// Commits changes, after everything queued before, and returns when they are on the disk. Without changes it flushes the queue.
    func commit(_ changes: [IndexChange]) throws(BlobStoreError) {
        let (from, to) = monitor.change { state in
            // Without changes of its own the call stands for all that are not through yet.
            let from = changes.isEmpty ? state.finished : state.queued
            state.enqueue(changes)
            state.urgent = state.queued
            state.waiters += 1
            return (from, state.queued)
        }
        let failure = monitor.wait { state, _ -> LMDBError?? in
            guard state.finished >= to else { return nil }
            let failure = state.failures.first { $0.from < to && $0.to > from }?.error
            state.waiters -= 1
            if state.waiters == 0 { state.failures.removeAll() }
            return .some(failure)
        }
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
            while let batch = nextBatch() {
                var failure: LMDBError?
                do {
                    try index.environment.write { transaction throws(LMDBError) in
                        for change in batch { try index.apply(change, transaction) }
                    }
                } catch {
                    failure = error
                }
                monitor.change { [failure] state in
                    let from = state.finished
                    state.finished += UInt64(batch.count)
                    state.lastFailure = failure
                    if let failure, state.waiters > 0 { state.failures.append((from, state.finished, failure)) }
                }
            }
        }

        /// Waits until there is a reason to commit; nil when the writer stops and all is done.
        private func nextBatch() -> [IndexChange]? {
            monitor.wait { state, deadline -> [IndexChange]?? in
                guard let since = state.queuedSince else { return state.isStopping ? .some(nil) : nil }
                let due = since.advanced(milliseconds: IndexWriter.gatheringMilliseconds)
                let isUrgent = state.urgent > state.finished || state.isStopping || state.queue.count >= IndexWriter.queueHigh
                guard isUrgent || MonotonicTime.now >= due else {
                    deadline = due
                    return nil
                }
                defer {
                    state.queue.removeAll(keepingCapacity: true)
                    state.queuedSince = nil
                }
                return .some(state.queue)
            }
        }
    }
}

extension IndexWriter.State {
    fileprivate mutating func enqueue(_ changes: [IndexChange]) {
        guard !changes.isEmpty else { return }
        if queue.isEmpty { queuedSince = MonotonicTime.now }
        queue += changes
        queued += UInt64(changes.count)
    }
}
