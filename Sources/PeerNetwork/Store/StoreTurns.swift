/// Puts jobs in a row: each begins when the one before has ended. On the agent's loop only.
struct StoreTurns {
    private var last: Task<Void, Never>?

    mutating func add<Value: Sendable>(
        isolation: isolated (any Actor)? = #isolation, _ job: @escaping @isolated(any) @Sendable () async throws -> Value
    ) -> Task<Value, any Error> {
        let previous = last
        let task = Task {
            await previous?.value
            return try await job()
        }
        last = Task { _ = try? await task.value }
        return task
    }
}
