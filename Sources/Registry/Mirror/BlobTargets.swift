import NIOConcurrencyHelpers
import Swarm

/// Understands the request targets of blobs quickly. A node asks for thousands of blobs of a few repositories, and what stands around the
/// digest decides whether a target is good, so that is understood once and remembered.
final class BlobTargets: Sendable {
    struct Target {
        let digest: Digest
        /// As in the request.
        let digestText: String
        let surroundings: Known

        var namespace: String? { surroundings.namespace }
        var place: RepositoryPlace { surroundings.place }
    }

    /// What stands around a good digest means.
    struct Known {
        let namespace: String?
        let place: RepositoryPlace
    }

    /// What a target says besides its digest.
    private struct Surroundings: Hashable {
        let before: String
        let query: String
    }

    /// Repositories and query strings that are remembered; all are forgotten when there are more.
    private static let limit = 256
    private static let collection = Array("/blobs/".utf8)
    private static let algorithm = Array("sha256:".utf8)
    private static let digestLength = 7 + 2 * 32

    private let directory: RegistryDirectory
    /// Of targets that are good.
    private let known = NIOLockedValueBox<[Surroundings: Known]>([:])

    init(_ directory: RegistryDirectory) {
        self.directory = directory
    }

    /// - Returns: nil unless the target is a blob's, well formed, and of a repository that can be. Also for SHA-512, which is rare.
    func parse(_ uri: String) -> Target? {
        var uri = uri
        let parts = uri.withUTF8 { Self.split($0) }
        guard let (around, digest, text) = parts else { return nil }
        if let surroundings = known.withLockedValue({ $0[around] }) {
            return Target(digest: digest, digestText: text, surroundings: surroundings)
        }
        guard let request = try? MirrorRequest(parsing: uri), request.endpoint == .blob(digest) else { return nil }
        let place = directory.place(namespace: request.namespace, path: request.path)
        guard Reference.isRepository(place.repository) else { return nil }
        let surroundings = Known(
            namespace: request.namespace, place: RepositoryPlace(registry: place.registry, repository: place.repository))
        known.withLockedValue { known in
            if known.count >= Self.limit { known = [:] }
            known[around] = surroundings
        }
        return Target(digest: digest, digestText: text, surroundings: surroundings)
    }

    private static func split(_ bytes: UnsafeBufferPointer<UInt8>) -> (Surroundings, Digest, String)? {
        guard bytes.count <= MirrorRequest.limitBytes else { return nil }
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.count
        let start = mark - digestLength
        let collectionStart = start - collection.count
        guard collectionStart >= 0, bytes[collectionStart..<start].elementsEqual(collection) else { return nil }
        let text = UnsafeBufferPointer(rebasing: bytes[start..<mark])
        guard text.prefix(algorithm.count).elementsEqual(algorithm) else { return nil }
        var raw: [UInt8] = []
        raw.reserveCapacity(32)
        for index in stride(from: algorithm.count, to: digestLength, by: 2) {
            guard let high = nibble(text[index]), let low = nibble(text[index + 1]) else { return nil }
            raw.append(high << 4 | low)
        }
        guard let digest = Digest(.sha256, bytes: raw) else { return nil }
        let around = Surroundings(
            before: String(decoding: bytes[..<collectionStart], as: UTF8.self), query: String(decoding: bytes[mark...], as: UTF8.self))
        return (around, digest, String(decoding: text, as: UTF8.self))
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
