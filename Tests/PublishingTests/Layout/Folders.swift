import StorageTestSupport

/// A folder for as long as `body` runs.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
    let folder = try TemporaryDirectory()
    try body(folder.path)
    withExtendedLifetime(folder) {}
}

/// A folder for as long as `body` runs.
func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    let folder = try TemporaryDirectory()
    try await body(folder.path)
    withExtendedLifetime(folder) {}
}
