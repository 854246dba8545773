import BlobStore

/// A blob's place in the store while it is under way: being made, then there. On the agent's loop only.
final class PartialPlace {
    let making: Task<PartialBlob, any Error>
    /// Where its pieces go; nil as long as nobody has seen the end of the making.
    private(set) var partial: PartialBlob?

    init(_ making: Task<PartialBlob, any Error>) { self.making = making }

    init(_ partial: PartialBlob) {
        self.partial = partial
        making = Task { partial }
    }

    /// Waits until it is there.
    ///
    /// - Throws: `BlobStoreError` when there is no room for it, or `UVError` when the loop ends.
    var value: PartialBlob {
        get async throws {
            if let partial { return partial }
            let made = try await making.value
            partial = made
            return made
        }
    }
}
