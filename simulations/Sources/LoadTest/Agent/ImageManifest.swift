import FoundationEssentials
import Swarm

/// As much of a manifest or index as a client needs for pulling (image-spec, manifest.md and image-index.md).
struct ImageManifest: Hashable {
    /// What a blob or manifest is named with.
    struct Part: Hashable {
        let digest: Digest
        let size: UInt64
    }

    enum Content: Hashable {
        /// The platform's manifest.
        case index(Part)
        /// Config and layers, each once.
        case image([Part])
    }

    let content: Content

    /// What is pulled of an image for several platforms.
    static let platform = (os: "linux", architecture: "amd64")

    init(parsing bytes: some Collection<UInt8>) throws(PullFailure) {
        let document: Document
        do {
            document = try JSONDecoder().decode(Document.self, from: Data(bytes))
        } catch {
            throw .manifest("it is no JSON manifest")
        }
        if let manifests = document.manifests {
            guard let match = manifests.first(where: \.isWanted) else {
                throw .manifest("it has nothing for \(Self.platform.os)/\(Self.platform.architecture)")
            }
            content = .index(try match.part())
        } else if let config = document.config {
            var parts: [Part] = []
            for descriptor in [config] + (document.layers ?? []) {
                let part = try descriptor.part()
                if !parts.contains(part) { parts.append(part) }
            }
            content = .image(parts)
        } else {
            throw .manifest("it names neither manifests nor a config")
        }
    }
}

private struct Document: Decodable {
    let manifests: [DocumentPart]?
    let config: DocumentPart?
    let layers: [DocumentPart]?
}

private struct DocumentPart: Decodable {
    struct Platform: Decodable {
        let os: String
        let architecture: String
    }

    let digest: String
    let size: UInt64
    let platform: Platform?

    var isWanted: Bool {
        platform?.os == ImageManifest.platform.os && platform?.architecture == ImageManifest.platform.architecture
    }

    func part() throws(PullFailure) -> ImageManifest.Part {
        do throws(DigestError) {
            return ImageManifest.Part(digest: try Digest(parsing: digest), size: size)
        } catch {
            throw .manifest("\(error)")
        }
    }
}
