import LMDB
public import Swarm

/// What a tag stood for when it was last resolved at its registry.
public struct ResolvedTag: Hashable, Sendable {
    public let digest: Digest
    /// The manifest's media type, such as `application/vnd.oci.image.index.v1+json`; empty when the registry did not say.
    public let mediaType: String
    /// When it was resolved, seconds since 1970.
    public let resolvedAtSeconds: UInt64

    public init(digest: Digest, mediaType: String, resolvedAtSeconds: UInt64) {
        self.digest = digest
        self.mediaType = mediaType
        self.resolvedAtSeconds = resolvedAtSeconds
    }
}

/// A tag with the reference that it resolves; the reference can be longer than a key may be, so the key is its hash.
struct TagRecord: TableValue {
    let reference: String
    let tag: ResolvedTag

    init(reference: String, tag: ResolvedTag) {
        self.reference = reference
        self.tag = tag
    }

    func encode(into bytes: inout [UInt8]) {
        tag.resolvedAtSeconds.encode(into: &bytes)
        for field in [reference, tag.digest.description, tag.mediaType] {
            UInt32(field.utf8.count).encode(into: &bytes)
            field.encode(into: &bytes)
        }
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        var rest = bytes[...]
        func take(_ count: Int) throws(MalformedRecord) -> UnsafeRawBufferPointer {
            guard rest.count >= count else { throw MalformedRecord(expected: "a tag's time, reference, digest and media type") }
            defer { rest = rest.dropFirst(count) }
            return UnsafeRawBufferPointer(rebasing: rest.prefix(count))
        }
        func field() throws(MalformedRecord) -> String { try String(decoding: take(Int(UInt32(decoding: take(4))))) }
        let seconds = try UInt64(decoding: take(8))
        self.reference = try field()
        guard let digest = try? Digest(parsing: try field()) else { throw MalformedRecord(expected: "a digest") }
        self.tag = ResolvedTag(digest: digest, mediaType: try field(), resolvedAtSeconds: seconds)
    }
}
