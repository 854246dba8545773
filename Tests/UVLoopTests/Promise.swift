/// A value that a callback delivers and a test waits for. Only the first one counts.
struct Promise<Value: Sendable>: Sendable {
    struct Broken: Error {}

    private let stream: AsyncStream<Value>
    private let continuation: AsyncStream<Value>.Continuation

    init() {
        (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    func fulfil(_ value: Value) {
        continuation.yield(value)
    }

    /// For one waiter, once.
    var value: Value {
        get async throws {
            for await value in stream { return value }
            throw Broken()
        }
    }
}
