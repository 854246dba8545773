import BlobStore
import Swarm

/// What tags meant when they were last resolved, kept in the store for when an origin is down. Synchronous; runs on the pool.
struct TagMemory {
    struct Meaning: Sendable {
        let digest: Digest
        /// nil when the origin did not say.
        let mediaType: String?
        /// Since it was resolved; negative where the clock was set back since.
        var age: Duration = .zero
    }

    let store: BlobStore

    func remember(_ reference: Reference, _ meaning: Meaning) throws {
        let resolvedAt = WallClock.seconds() - Int(meaning.age.components.seconds)
        let record = ResolvedTag(
            digest: meaning.digest, mediaType: meaning.mediaType ?? "", resolvedAtSeconds: UInt64(max(0, resolvedAt)))
        try store.remember(reference, as: record)
    }

    func recall(_ reference: Reference) throws -> Meaning? {
        try store.resolve(reference).map { record in
            let age = WallClock.seconds() - Int(clamping: record.resolvedAtSeconds)
            return Meaning(digest: record.digest, mediaType: record.mediaType.isEmpty ? nil : record.mediaType, age: .seconds(age))
        }
    }
}
