import NIOConcurrencyHelpers
import Swarm

/// What registries have said about who may have what: proofs, and which content is in which repository. In memory, bounded, and quick enough
/// for an event loop; whoever asks says what time it is.
final class AccessBook: Sendable {
    typealias Instant = ContinuousClock.Instant

    /// Whether somebody may have what a repository holds.
    struct Right: Hashable, Sendable {
        /// Everybody may.
        let isPublic: Bool
        let provenAt: Instant
    }

    private struct Proof: Hashable {
        let place: RepositoryPlace
        /// nil for everybody.
        let caller: Digest?
    }

    private struct Content: Hashable {
        let place: RepositoryPlace
        let digest: Digest
    }

    private struct State {
        var proofs: [Proof: Instant] = [:]
        /// Repositories that are not everybody's.
        var closed: Set<RepositoryPlace> = []
        /// The newer and the older half of what is known to be where.
        var recent: Set<Content> = []
        var older: Set<Content> = []
        /// A manifest that each repository has.
        var manifests: [RepositoryPlace: String] = [:]
        /// Registries that did not answer, and until when that is taken for granted.
        var silent: [String: Instant] = [:]
    }

    /// Proofs, repositories and registries that are remembered; the oldest half goes, or all, when there are more.
    static let limit = 4096
    /// Pairs of content and repository.
    static let contentLimit = 65_536
    /// A registry that did not answer is not waited for again within this time where one can do without.
    static let silence: Duration = .seconds(30)

    private let state = NIOLockedValueBox(State())

    /// What was last proven for a caller.
    func right(of caller: Digest?, in place: RepositoryPlace) -> Right? {
        state.withLockedValue { state in
            if let all = state.proofs[Proof(place: place, caller: nil)] { return Right(isPublic: true, provenAt: all) }
            guard let caller, let own = state.proofs[Proof(place: place, caller: caller)] else { return nil }
            return Right(isPublic: false, provenAt: own)
        }
    }

    /// - Parameter caller: nil for everybody.
    func prove(_ caller: Digest?, in place: RepositoryPlace, at now: Instant) {
        state.withLockedValue { state in
            if state.proofs.count >= Self.limit {
                let median = state.proofs.values.sorted()[state.proofs.count / 2]
                state.proofs = state.proofs.filter { $0.value > median }
            }
            state.proofs[Proof(place: place, caller: caller)] = now
            if caller == nil { state.closed.remove(place) }
            state.silent[place.registry] = nil
        }
    }

    /// The repository gave nothing to everybody.
    func close(_ place: RepositoryPlace) {
        state.withLockedValue { state in
            if state.closed.count >= Self.limit { state.closed = [] }
            state.closed.insert(place)
            state.proofs[Proof(place: place, caller: nil)] = nil
            state.silent[place.registry] = nil
        }
    }

    func refuse(_ caller: Digest, in place: RepositoryPlace) {
        state.withLockedValue { $0.proofs[Proof(place: place, caller: caller)] = nil }
    }

    func isClosed(_ place: RepositoryPlace) -> Bool { state.withLockedValue { $0.closed.contains(place) } }

    // MARK: Content

    /// A registry, or a manifest that it has there, says that a repository has these.
    func note(_ digests: some Sequence<Digest>, in place: RepositoryPlace) {
        state.withLockedValue { state in
            for digest in digests {
                if state.recent.count >= Self.contentLimit / 2 { (state.older, state.recent) = (state.recent, []) }
                state.recent.insert(Content(place: place, digest: digest))
            }
        }
    }

    func has(_ place: RepositoryPlace, _ digest: Digest) -> Bool {
        let content = Content(place: place, digest: digest)
        return state.withLockedValue { $0.recent.contains(content) || $0.older.contains(content) }
    }

    /// A manifest that a repository has, by tag or digest: what to ask for to learn whether somebody may.
    func manifest(in place: RepositoryPlace) -> String? { state.withLockedValue { $0.manifests[place] } }

    func note(manifest reference: String, in place: RepositoryPlace) {
        state.withLockedValue { state in
            if state.manifests.count >= Self.limit { state.manifests = [:] }
            state.manifests[place] = reference
        }
    }

    // MARK: Silence

    func isSilent(_ registry: String, at now: Instant) -> Bool {
        state.withLockedValue { $0.silent[registry].map { $0 > now } ?? false }
    }

    func noteSilence(_ registry: String, at now: Instant) {
        state.withLockedValue { state in
            if state.silent.count >= Self.limit { state.silent = [:] }
            state.silent[registry] = now + Self.silence
        }
    }
}
