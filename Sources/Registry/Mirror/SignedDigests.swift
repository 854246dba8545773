import NIOConcurrencyHelpers
import Swarm

/// Digests by which registries mean signed manifests of schema 1, as tags have told. Bounded: who comes back asks for the tag first.
final class SignedDigests: Sendable {
    private static let limit = 1024

    private let digests = NIOLockedValueBox<Set<Digest>>([])

    func note(_ digest: Digest) {
        digests.withLockedValue { digests in
            if digests.count >= Self.limit { digests.removeAll() }
            digests.insert(digest)
        }
    }

    func contains(_ digest: Digest) -> Bool { digests.withLockedValue { $0.contains(digest) } }
}
