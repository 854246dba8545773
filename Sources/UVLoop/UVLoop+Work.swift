import CLibUV
import Glibc

extension UVLoop {
    /// Sets how many threads run file work, hashing and name resolution for all loops of this process. libuv's own default is 4.
    ///
    /// Only counts when called before the first work, resolution or file transfer, best at the very start of the program: it sets
    /// the environment variable `UV_THREADPOOL_SIZE`, which libuv reads once and which other threads must not read meanwhile.
    ///
    /// - Parameter count: held between 1 and 1024, libuv's bounds.
    public static func setPoolThreads(_ count: Int) {
        setenv("UV_THREADPOOL_SIZE", String(min(max(count, 1), 1024)), 1)
    }

    /// Runs blocking or heavy work on libuv's thread pool. From any isolation.
    ///
    /// As many run at once as the pool has threads, over all loops; the rest waits in order.
    ///
    /// - Throws: what `body` throws, or `UVError` with `ECANCELED` when the loop ended before the work began.
    public func work<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        let result: Result<Value, any Error> = await withCheckedContinuation { continuation in
            if isCurrent {
                work(body) { continuation.resume(returning: $0) }
            } else {
                execute { self.work(body) { continuation.resume(returning: $0) } }
            }
        }
        return try result.get()
    }

    /// As ``work(_:)``, for callers on the loop that have no task: `then` runs on the loop, in a later turn.
    ///
    /// While the loop shuts down nothing is queued any more: `then` gets `ECANCELED` before this returns.
    public func work<Value: Sendable>(
        _ body: @escaping @Sendable () throws -> Value, then: @escaping (Result<Value, any Error>) -> Void
    ) {
        precondition(isCurrent, "work with a callback is queued on the loop's thread only")
        guard !isClosing else {
            return then(
                .failure(
                    UVError(.canceled, operation: "run work on the thread pool", detail: "the event loop is shutting down")))
        }
        ClosureRequest(body, then: then).submit(to: self)
    }

    /// Remembers a request of the pool, to cancel it on shutdown.
    func track<Request>(_ request: UnsafeMutablePointer<Request>) {
        requests.insert(UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self))
    }

    func untrack<Request>(_ request: UnsafeMutablePointer<Request>) {
        requests.remove(UnsafeMutableRawPointer(request).assumingMemoryBound(to: uv_req_t.self))
    }
}
