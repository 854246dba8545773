/// A closure on the pool, and another on the loop that gets its result.
final class ClosureRequest<Value: Sendable>: WorkRequest {
    private let body: @Sendable () throws -> Value
    private let then: (Result<Value, any Error>) -> Void
    /// Written on the pool's thread, read on the loop's after libuv's own lock has changed hands.
    private var result: Result<Value, any Error>?

    init(_ body: @escaping @Sendable () throws -> Value, then: @escaping (Result<Value, any Error>) -> Void) {
        self.body = body
        self.then = then
    }

    override func work() {
        result = Result { try body() }
    }

    override func finish(_ status: Int32) {
        then(result ?? .failure(UVError(status: status, operation: "run work on the thread pool")))
    }
}
