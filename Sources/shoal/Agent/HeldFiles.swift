import BlobStore
import Registry
import Swarm

/// The store's whole blobs, for sending from their files.
struct HeldFiles {
    let store: BlobStore

    /// - Returns: nil for what is not held, and for what cannot be opened: why not, and what becomes of it, is said to those who wait.
    func open(_ digest: Digest) -> (any BlobFile)? {
        (try? store.openForReading(digest)).map { StoredFile($0) }
    }

    func restriction(of digest: Digest) -> String? { store.restriction(of: digest) }

    /// May wait for the index; runs on the pool.
    func restrict(_ digests: [Digest], to registry: String) { store.restrict(digests, to: registry) }

    /// As `restrict`.
    func unrestrict(_ digest: Digest) { store.unrestrict(digest) }
}
