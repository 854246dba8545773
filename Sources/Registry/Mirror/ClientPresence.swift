import NIOConcurrencyHelpers
import NIOCore

/// Whether the client of one connection is still there, so that a body waiting for a slow piece is given up when nobody wants it any more.
/// A client that shuts down its sending side counts as gone: TCP cannot tell that from closing, and no registry client does it to wait
/// for an answer.
final class ClientPresence: Sendable {
    private struct State {
        var isGone = false
        var nextID = 0
        var actions: [Int: @Sendable () -> Void] = [:]
    }

    private let state = NIOLockedValueBox(State())

    /// Runs an operation in a task that is cancelled when the client goes.
    func whileHere<Value: Sendable>(_ operation: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = Task { try await operation() }
        let id = whenGone { task.cancel() }
        defer { id.map(remove) }
        return try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
    }

    /// Tells all who wait. Called once, on the connection's event loop.
    func leave() {
        let actions = state.withLockedValue { state in
            state.isGone = true
            defer { state.actions = [:] }
            return state.actions
        }
        // Decide under the lock, act outside it.
        for action in actions.values { action() }
    }

    /// - Returns: nil when the client is gone already, and the action has run.
    private func whenGone(_ action: @escaping @Sendable () -> Void) -> Int? {
        let id: Int? = state.withLockedValue { state in
            guard !state.isGone else { return nil }
            state.nextID += 1
            state.actions[state.nextID] = action
            return state.nextID
        }
        if id == nil { action() }
        return id
    }

    private func remove(_ id: Int) {
        state.withLockedValue { $0.actions[id] = nil }
    }
}
