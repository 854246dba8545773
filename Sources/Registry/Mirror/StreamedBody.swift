import NIOConcurrencyHelpers

/// The body of one answer whose head the framework has written. While one chunk is on its way, the next may be fetched and handed over.
final class StreamedBody: Sendable {
    private struct State {
        /// Chunks that were handed over and not taken by the system.
        var unsent = 0
        /// Bytes that the system has taken.
        var taken = 0
        var failure: (any Error)?
        /// Goes on when no more than so many chunks are unsent.
        var waiter: (limit: Int, continuation: CheckedContinuation<Void, any Error>)?

        /// Takes out the waiter if it need not wait any longer.
        mutating func release() -> (@Sendable () -> Void)? {
            guard let (limit, continuation) = waiter else { return nil }
            if let failure {
                waiter = nil
                return { continuation.resume(throwing: failure) }
            }
            guard unsent <= limit else { return nil }
            waiter = nil
            return { continuation.resume() }
        }
    }

    private let connection: ClientConnection
    private let observer: (any MirrorObserver)?
    private let state = NIOLockedValueBox(State())

    init(_ connection: ClientConnection, _ observer: (any MirrorObserver)?) {
        (self.connection, self.observer) = (connection, observer)
    }

    /// Bytes that the system has taken.
    var taken: Int { state.withLockedValue { $0.taken } }

    /// Hands over a chunk, and waits until the one before it has been taken. Not interrupted by cancellation: close the connection.
    ///
    /// - Throws: what the connection says when the client has gone.
    func send(_ chunk: BodyChunk) async throws {
        state.withLockedValue { $0.unsent += 1 }
        let count = chunk.count
        connection.send(chunk) { [self] result in
            if case .success = result { observer?.sent(bytes: count) }
            let proceed = state.withLockedValue { state in
                state.unsent -= 1
                if case .success = result { state.taken += count }
                if case .failure(let error) = result { state.failure = state.failure ?? error }
                return state.release()
            }
            // Decide under the lock, act outside it.
            proceed?()
        }
        try await wait(for: 1)
    }

    /// Waits until everything has been taken.
    func sent() async throws { try await wait(for: 0) }

    private func wait(for limit: Int) async throws {
        try await withCheckedThrowingContinuation { continuation in
            let proceed = state.withLockedValue { state in
                state.waiter = (limit, continuation)
                return state.release()
            }
            proceed?()
        }
    }
}
