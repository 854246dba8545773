import Swarm

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// As much of a manifest or index as a mirror needs: its media type and the blobs it names. The bytes themselves are never rewritten.
public struct Manifest: Sendable, Hashable {
    /// A manifest larger than this is refused, as registries do (distribution-spec, "Pushing Manifests": at least 4 MiB must be taken).
    public static let limitBytes: UInt64 = 4 << 20

    /// From the body's `mediaType`; when that is absent, inferred from its fields.
    public let mediaType: String
    /// The manifests of an index, or the config and layers of an image, in the body's order. Those that are malformed are left out: they
    /// are needed only to fetch ahead, and what a direct pull would make of them is the client's affair.
    public let descriptors: [Descriptor]

    /// True when the descriptors name further manifests instead of config and layers.
    public var isIndex: Bool { mediaType == MediaType.ociIndex || mediaType == MediaType.dockerList }

    /// Parses JSON bytes.
    ///
    /// - Throws: `ManifestError` when it is too large, is not a JSON object, or is of no known kind.
    public init(parsing bytes: some Collection<UInt8>) throws(ManifestError) {
        guard bytes.count <= Self.limitBytes else { throw .tooLarge(UInt64(bytes.count)) }
        let body: Body
        do {
            body = try JSONDecoder().decode(Body.self, from: Data(bytes))
        } catch {
            throw .notAManifest
        }
        guard let mediaType = body.inferredMediaType else { throw .unknownKind }
        self.mediaType = mediaType
        let named = (body.manifests ?? []) + (body.config.map { [$0] } ?? []) + (body.layers ?? []) + (body.blobs ?? [])
        descriptors = named.compactMap(\.descriptor)
    }
}

/// Why bytes are not a manifest.
public enum ManifestError: Error, Equatable, CustomStringConvertible {
    case tooLarge(UInt64)
    case notAManifest
    case unknownKind

    public var description: String {
        switch self {
        case .tooLarge(let bytes): "a manifest of \(bytes) bytes is too large: the limit is \(Manifest.limitBytes)"
        case .notAManifest: "the body is not a JSON manifest: check that the reference names an image, not a layer"
        case .unknownKind: "the manifest has no mediaType, manifests, config or layers: check what was pushed"
        }
    }
}

/// The fields that matter, each nil when absent or of another type.
private struct Body: Decodable {
    let schemaVersion: Int?
    let mediaType: String?
    let manifests: [RawDescriptor]?
    let config: RawDescriptor?
    let layers: [RawDescriptor]?
    let blobs: [RawDescriptor]?

    enum CodingKeys: CodingKey {
        case schemaVersion, mediaType, manifests, config, layers, blobs
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        schemaVersion = try? fields.decode(Int.self, forKey: .schemaVersion)
        mediaType = try? fields.decode(String.self, forKey: .mediaType)
        manifests = try? fields.decode([RawDescriptor].self, forKey: .manifests)
        config = try? fields.decode(RawDescriptor.self, forKey: .config)
        layers = try? fields.decode([RawDescriptor].self, forKey: .layers)
        blobs = try? fields.decode([RawDescriptor].self, forKey: .blobs)
    }

    var inferredMediaType: String? {
        if let mediaType, !mediaType.isEmpty, mediaType.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) {
            return MediaType.withoutParameters(mediaType)
        }
        if schemaVersion == 1 { return MediaType.dockerSchema1 }
        if manifests != nil { return MediaType.ociIndex }
        if config != nil || layers != nil { return MediaType.ociManifest }
        return nil
    }
}

/// A descriptor that may be anything.
private struct RawDescriptor: Decodable {
    private struct RawPlatform: Decodable {
        let os: String
        let architecture: String
        let variant: String?
    }

    /// Nil when it names no valid digest and size.
    let descriptor: Descriptor?

    enum CodingKeys: CodingKey {
        case mediaType, digest, size, platform
    }

    init(from decoder: any Decoder) throws {
        guard let fields = try? decoder.container(keyedBy: CodingKeys.self),
            let digest = (try? fields.decode(String.self, forKey: .digest)).flatMap({ try? Digest(parsing: $0) }),
            let size = try? fields.decode(UInt64.self, forKey: .size)
        else {
            descriptor = nil
            return
        }
        let platform = (try? fields.decode(RawPlatform.self, forKey: .platform)).map {
            Platform(os: $0.os, architecture: $0.architecture, variant: $0.variant)
        }
        let mediaType = try? fields.decode(String.self, forKey: .mediaType)
        descriptor = Descriptor(mediaType: mediaType ?? MediaType.octetStream, digest: digest, size: size, platform: platform)
    }
}
