public import Swarm

/// What a manifest says of one blob it names (image-spec, "descriptor.md"). None of it is trusted before the blob is verified.
public struct Descriptor: Sendable, Hashable {
    public let mediaType: String
    public let digest: Digest
    /// Bytes.
    public let size: UInt64
    /// Only in an index: the machine the named manifest is for.
    public let platform: Platform?

    public init(mediaType: String, digest: Digest, size: UInt64, platform: Platform? = nil) {
        self.mediaType = mediaType
        self.digest = digest
        self.size = size
        self.platform = platform
    }

    /// Whether the registry does not have the blob itself, for reasons of its licence (image-spec, "layer.md": non-distributable layers).
    public var isForeign: Bool { mediaType.contains("nondistributable") || mediaType.contains(".foreign.") }
}

/// The machine an image runs on, such as `linux/arm64/v8` (image-spec, "image-index.md").
public struct Platform: Sendable, Hashable, CustomStringConvertible {
    public let os: String
    public let architecture: String
    public let variant: String?

    public init(os: String, architecture: String, variant: String? = nil) {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    public var description: String { "\(os)/\(architecture)\(variant.map { "/\($0)" } ?? "")" }
}
