public import Swarm

/// Where an origin registry keeps a blob.
public struct OriginLocation: Hashable, Sendable, CustomStringConvertible {
    /// The registry's name as clients say it, such as `docker.io`.
    public var registry: String
    public var repository: String
    /// Manifests and blobs lie at different paths of a registry.
    public var isManifest: Bool

    public init(registry: String, repository: String, isManifest: Bool) {
        self.registry = registry
        self.repository = repository
        self.isManifest = isManifest
    }

    public var description: String { "\(registry)/\(repository)" }
}

/// Bytes as they come off the wire, in whatever buffer the HTTP client has them.
public protocol ByteChunk: Sendable {
    func withBytes(_ body: (UnsafeRawBufferPointer) -> Void)
}

/// An origin's answer: from the first byte that was asked for.
public struct OriginAnswer: Sendable {
    /// Bytes of the whole blob, whatever part of it was asked for.
    public var blobSize: UInt64
    /// The origin does not know ranges: the body goes on to the blob's end, whatever was asked for.
    public var isRangeIgnored: Bool
    /// The next chunk; nil at the end of the body. Not asking is back-pressure.
    public var next: @Sendable () async throws(OriginFailure) -> (any ByteChunk)?

    public init(
        blobSize: UInt64, isRangeIgnored: Bool = false, next: @escaping @Sendable () async throws(OriginFailure) -> (any ByteChunk)?
    ) {
        self.blobSize = blobSize
        self.isRangeIgnored = isRangeIgnored
        self.next = next
    }
}

/// Fetches from origin registries. The agent's executable implements it over its HTTP client.
public protocol OriginFetching: Sendable {
    /// - Parameter range: bytes of the blob that are wanted; nil for all of it.
    func fetch(_ digest: Digest, at location: OriginLocation, range: Range<UInt64>?) async throws(OriginFailure) -> OriginAnswer

    /// What was fetched does not hash to its digest: whoever gave it should not be asked for it again, if there is anybody else.
    func contradicted(_ digest: Digest) async

    /// Another agent was told by a registry's server to leave it alone for so long.
    func leaveAlone(_ server: String, for duration: Duration) async
}

extension OriginFetching {
    /// Does nothing: not every origin is asked by others too.
    public func leaveAlone(_ server: String, for duration: Duration) async {}
}
