import Cryptography
import NIOCore
import Registry

/// A bucket. Layers go up in parts, several at a time, over all blobs together.
public struct BucketTarget: Sendable {
    public let partBytes: Int
    private let client: BucketClient
    private let slots: Slots
    private let parallel: Int

    /// - Parameters:
    ///   - partBytes: 5 MiB at least, as S3 wants it.
    ///   - parallel: parts on their way at a time, each of which is held in memory.
    public init(_ client: BucketClient, partBytes: Int, parallel: Int) {
        self.client = client
        self.partBytes = partBytes
        self.parallel = parallel
        slots = Slots(parallel)
    }
}

extension BucketTarget: PublicationTarget {
    /// The document at `/v2/`, which clients ask for first. Whether the bucket is there and may be written to shows before anything is read.
    public func open() async throws(PublishError) {
        try await put(Array("{}".utf8), at: "v2/", mediaType: MediaType.json)
    }

    public func size(of path: String) async throws(PublishError) -> UInt64? {
        try await PublishError.ofBucket { () async throws(BucketError) in try await client.size(of: key(path)) }
    }

    public func put(_ bytes: [UInt8], at path: String, mediaType: String) async throws(PublishError) {
        try await PublishError.ofBucket { () async throws(BucketError) in
            try await client.put(
                ByteBuffer(bytes: bytes), hash: StreamingHash.digest(.sha256, of: bytes), at: key(path), contentType: mediaType)
        }
    }

    public func put(_ file: VerifiedFile, at path: String, sent: @escaping @Sendable (Int) async -> Void) async throws(PublishError) {
        let key = key(path)
        guard file.parts.count > 1 else {
            try await slots.with { () async throws(PublishError) in
                let bytes = file.parts.isEmpty ? [] : try file.read(part: 0)
                try await put(bytes, at: path, mediaType: MediaType.octetStream)
                await sent(bytes.count)
            }
            return
        }
        let upload = try await PublishError.ofBucket { () async throws(BucketError) in
            try await client.beginUpload(of: key, contentType: MediaType.octetStream)
        }
        do {
            let tags = try await putParts(of: file, key, upload, sent)
            try await complete(file, key, upload, tags)
        } catch {
            // Parts that nobody puts together are paid for until somebody removes them; also when this task is cancelled.
            await Task { try? await client.abortUpload(of: key, upload: upload) }.value
            throw error
        }
    }

    /// Nothing: objects have their types themselves.
    public func note(types: [String: String]) async throws(PublishError) {}
}

extension BucketTarget {
    private func key(_ path: String) -> String { client.endpoint.location.key(path) }

    private func putParts(
        of file: VerifiedFile, _ key: String, _ upload: String, _ sent: @escaping @Sendable (Int) async -> Void
    ) async throws(PublishError) -> [String] {
        let (client, slots) = (client, slots)
        let tags = try await PublishError.inGroup(atMost: parallel, file.parts.indices) {
            (index) async throws(PublishError) -> (Int, String) in
            try await slots.with { () async throws(PublishError) in
                let bytes = try file.read(part: index)
                let tag = try await PublishError.ofBucket { () async throws(BucketError) in
                    try await client.putPart(
                        ByteBuffer(bytes: bytes), hash: file.parts[index], number: index + 1, of: key, upload: upload)
                }
                await sent(bytes.count)
                return (index, tag)
            }
        }
        return tags.sorted { $0.0 < $1.0 }.map(\.1)
    }

    private func complete(_ file: VerifiedFile, _ key: String, _ upload: String, _ tags: [String]) async throws(PublishError) {
        try await PublishError.ofBucket { () async throws(BucketError) in
            do throws(BucketError) {
                try await client.completeUpload(of: key, upload: upload, tags: tags)
            } catch {
                // An answer that was lost: what was done then cannot be done again.
                guard case .noSuchUpload = error.reason, try await client.size(of: key) == file.size else { throw error }
            }
        }
    }
}
