import Cryptography
import FoundationEssentials
import Registry
import Swarm

/// Writes an OCI image layout (image-spec, image-layout.md).
struct LayoutWriter: Sendable {
    let directory: String

    init(directory: String) throws {
        self.directory = directory
        do {
            for algorithm in DigestAlgorithm.allCases {
                try FileManager.default.createDirectory(atPath: "\(directory)/blobs/\(algorithm.name)", withIntermediateDirectories: true)
            }
            try Data(#"{"imageLayoutVersion":"1.0.0"}"#.utf8).write(to: URL(filePath: "\(directory)/oci-layout"))
        } catch {
            throw PullError.layout(directory, "\(error)")
        }
    }

    func path(_ digest: Digest) -> String { "\(directory)/blobs/\(digest.algorithm.name)/\(digest.hex)" }

    /// Whether the blob lies there already, by its size: its name is given only after it was verified.
    func has(_ blob: Descriptor) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path(blob.digest))
        return (attributes?[.size] as? UInt64) == blob.size
    }

    func write(_ bytes: [UInt8], as digest: Digest) throws {
        do {
            try Data(bytes).write(to: URL(filePath: path(digest)), options: .atomic)
        } catch {
            throw PullError.layout(path(digest), "\(error)")
        }
    }

    private struct Index: Codable {
        var schemaVersion = 2
        var manifests: [Entry] = []
    }

    private struct Entry: Codable {
        let mediaType: String
        let digest: String
        let size: UInt64
        var annotations: [String: String]?
    }

    /// Names the image in `index.json`, in the place of an earlier one of that name.
    func name(_ manifest: Descriptor, _ name: String) throws {
        let file = URL(filePath: "\(directory)/index.json")
        let annotation = "org.opencontainers.image.ref.name"
        do {
            var index = (try? JSONDecoder().decode(Index.self, from: Data(contentsOf: file))) ?? Index()
            index.manifests.removeAll { $0.annotations?[annotation] == name }
            index.manifests.append(
                Entry(mediaType: manifest.mediaType, digest: "\(manifest.digest)", size: manifest.size, annotations: [annotation: name]))
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            try encoder.encode(index).write(to: file, options: .atomic)
        } catch {
            throw PullError.layout("\(directory)/index.json", "\(error)")
        }
    }
}
