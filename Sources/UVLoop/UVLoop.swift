import CLibUV
import Glibc

/// A libuv event loop on a thread of its own, which is also a Swift serial executor.
///
/// An actor lives on it by naming it as its executor, and libuv's callbacks then enter the actor without a hop:
///
///     actor Node {
///         let loop: UVLoop
///         nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
///         func serve(_ connection: TCPConnection) {
///             connection.onRead = { bytes in self.parse(bytes) }  // inherits the actor's isolation
///             connection.resumeReading()
///         }
///     }
///
/// Listeners, connections and timers are not `Sendable` and trap when they are used off the loop's thread.
/// The thread runs until ``shutdown()``; a loop that is dropped without it keeps its thread for ever.
public final class UVLoop: SerialExecutor, @unchecked Sendable {  // shared state is in `inbox` and `ending`; the rest is the thread's own
    /// The thread's name, and this loop's in messages.
    public let name: String

    let inbox: Inbox
    let ending: LoopEnding

    // Below: touched on the loop's thread only.
    let native = UnsafeMutablePointer<uv_loop_t>.allocate(capacity: 1)
    let internals: LoopInternals
    /// No handle opens any more.
    var isClosing = false
    /// Requests that libuv's thread pool has not answered yet.
    var requests: Set<UnsafeMutablePointer<uv_req_t>> = []
    /// The items being run; kept for its memory.
    private var batch: [Inbox.Item] = []
    /// Whether the loop has handed jobs to itself that it was not woken for: they run before the next poll.
    private var hasOwnItems = false
    /// Connections with bytes to send at the end of this turn.
    var unflushed: [TCPConnection] = []
    let buffers = LoopBuffers()

    /// Starts the loop and its thread. Also ignores SIGPIPE for the process, see ``ignoreSIGPIPE()``.
    ///
    /// - Parameter name: names the thread; Linux shows 15 characters of it.
    /// - Throws: `UVError` when the system has no descriptors (`EMFILE`) or threads (`EAGAIN`) left.
    public init(name: String) throws(UVError) {
        ignoreSIGPIPE()
        self.name = name
        let status = uv_loop_init(native)
        guard status == 0 else {
            native.deallocate()
            buffers.deallocate()
            throw UVError(status: status, operation: "create event loop \(name)")
        }
        do {
            self.internals = try LoopInternals(native)
        } catch {
            uv_loop_close(native)
            native.deallocate()
            buffers.deallocate()
            throw error
        }
        self.inbox = Inbox(wake: internals.wake)
        self.ending = LoopEnding()
        internals.serve(self)
        do {
            ending.thread = try LoopThread.start(name: name) { self.run() }
        } catch {
            internals.close()
            uv_run(native, UV_RUN_DEFAULT)
            uv_loop_close(native)
            native.deallocate()
            buffers.deallocate()
            throw error
        }
    }

    /// Whether the caller runs on this loop's thread.
    public var isCurrent: Bool { LoopThread.isServing(self) }

    /// Monotonic time in nanoseconds since an arbitrary beginning (`uv_hrtime`); the clock that timers follow. From any thread.
    public var nowNanoseconds: Int64 { Int64(clamping: uv_hrtime()) }

    // MARK: SerialExecutor

    public func enqueue(_ job: consuming ExecutorJob) {
        push(.job(UnownedJob(job)))
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }

    /// Lets `assumeIsolated` and `preconditionIsolated` of an actor on this loop succeed inside libuv's callbacks.
    public func checkIsolated() {
        precondition(isCurrent, "not on the thread of event loop \(name)")
    }

    public func isIsolatingCurrentContext() -> Bool? {
        isCurrent
    }

    // MARK: The queue from other threads

    /// Runs `body` on the loop's thread, after what has been handed to it before. From any thread, also from the loop's own.
    public func execute(_ body: @escaping @Sendable () -> Void) {
        push(.closure(body))
    }

    private func push(_ item: Inbox.Item) {
        switch inbox.push(item, isOwn: isCurrent) {
        case .nothing: break
        case .drainThisTurn: hasOwnItems = true
        case .startLateThread: startLateThread()
        }
    }

    /// Drains what other threads have handed in. Bounded, so that a flood of jobs does not starve the sockets.
    func drainOneTurn() {
        hasOwnItems = false
        for _ in 0..<16 {
            guard run(&batch) else { return }
        }
        inbox.yield()
    }

    /// The last thing before every poll: runs what the turn has handed to the loop itself, which costs no wake-up, then sends what the turn
    /// has queued.
    func endTurn() {
        if hasOwnItems { drainOneTurn() }
        flushConnections()
        // What completions have queued meanwhile must not wait for the next event.
        internals.setBusy(hasOwnItems || !unflushed.isEmpty)
    }

    /// Drains to the end, on whatever thread stands in for the loop's. With memory of its own: the next such thread may start
    /// before this one has returned.
    func drainAll() {
        var batch: [Inbox.Item] = []
        while run(&batch) {}
    }

    /// Runs what has been handed in so far, and returns whether there was anything.
    private func run(_ batch: inout [Inbox.Item]) -> Bool {
        inbox.take(&batch)
        guard !batch.isEmpty else { return false }
        let executor = asUnownedSerialExecutor()
        for item in batch {
            switch item {
            case .job(let job): job.runSynchronously(on: executor)
            case .closure(let body): body()
            }
        }
        batch.removeAll(keepingCapacity: batch.capacity <= 4096)
        return true
    }

    /// The loop that a libuv callback was called for.
    static func serving(_ native: UnsafeMutablePointer<uv_loop_t>?) -> UVLoop? {
        guard let data = native?.pointee.data else { return nil }
        return Unmanaged<UVLoop>.fromOpaque(data).takeUnretainedValue()
    }
}
