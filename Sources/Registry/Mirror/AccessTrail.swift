import NIOConcurrencyHelpers

/// What becomes of one request on its way through the framework, for the access log.
final class AccessTrail: Sendable {
    typealias Log = @Sendable (AccessEntry) -> Void

    private struct State {
        var entry: AccessEntry?
        var log: Log?
        /// Whoever sends the body says when it is done.
        var isStreamed = false
    }

    private let state = NIOLockedValueBox(State())
    private let started = ContinuousClock.now

    deinit { end() }

    func begin(_ entry: AccessEntry, _ log: @escaping Log) { state.withLockedValue { ($0.entry, $0.log) = (entry, log) } }

    func note(_ change: (inout AccessEntry) -> Void) {
        state.withLockedValue { state in
            guard var entry = state.entry else { return }
            change(&entry)
            state.entry = entry
        }
    }

    /// The body is still to be sent.
    func streams() { state.withLockedValue { $0.isStreamed = true } }

    /// The head has been decided, and with it all of the answer unless its body is streamed.
    func answered(status: Int, bytes: Int) {
        note { $0.status = status }
        guard !state.withLockedValue({ $0.isStreamed }) else { return }
        note { $0.bytes = bytes }
        end()
    }

    /// All that will be sent has been; logs the request, once.
    func end() {
        let seconds = (ContinuousClock.now - started) / .seconds(1)
        let (entry, log) = state.withLockedValue { state in
            defer { state.entry = nil }
            return (state.entry, state.log)
        }
        guard var entry else { return }
        entry.seconds = seconds
        log?(entry)
    }
}
