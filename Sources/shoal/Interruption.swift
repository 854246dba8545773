import UnixSignals

/// Lets a command clean up after itself when it is interrupted.
enum Interruption {
    /// Runs `body`; SIGINT or SIGTERM cancel it, and when it has ended `error` is thrown.
    static func throwing<Result: Sendable>(
        _ error: any Error, _ body: @escaping @Sendable () async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in signals { throw error }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let result = ended { return result }
            }
            throw error
        }
    }
}
