/// So many things at a time and no more; the others wait in order.
actor Slots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(_ count: Int) { free = max(1, count) }

    /// Runs `body` when there is room, unless the task has been cancelled by then: whoever holds a place gives it back, so nobody waits for ever.
    nonisolated func with<Result: Sendable>(
        _ body: () async throws(PublishError) -> Result
    ) async throws(PublishError) -> Result {
        await take()
        do throws(PublishError) {
            if Task.isCancelled { throw PublishError.cancelled }
            let result = try await body()
            await give()
            return result
        } catch {
            await give()
            throw error
        }
    }

    private func take() async {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { waiting.append($0) }
        }
    }

    private func give() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}
