import Cryptography
import FoundationEssentials
import Registry
import StorageTestSupport
import Swarm

/// A layout in a folder of the test's own.
struct SampleLayout {
    let path: String

    init(in folder: String) throws {
        path = "\(folder)/layout"
        try FileManager.default.createDirectory(atPath: "\(path)/blobs/sha256", withIntermediateDirectories: true)
        try write("{\"imageLayoutVersion\":\"1.0.0\"}", to: "oci-layout")
    }

    func write(_ text: String, to file: String) throws {
        try Data(text.utf8).write(to: URL(filePath: "\(path)/\(file)"))
    }

    /// Writes a blob.
    /// - Returns: its descriptor, as JSON.
    func add(_ content: [UInt8], _ mediaType: String) throws -> String {
        let digest = Self.digest(content)
        try Data(content).write(to: URL(filePath: file(digest)))
        return #"{"mediaType":"\#(mediaType)","digest":"\#(digest)","size":\#(content.count)}"#
    }

    /// An image of one layer.
    func image(layer: [UInt8]) throws -> String {
        let config = try add(Array("{}".utf8), "application/vnd.oci.image.config.v1+json")
        let layer = try add(layer, "application/vnd.oci.image.layer.v1.tar")
        return try add(
            Array(#"{"schemaVersion":2,"mediaType":"\#(MediaType.ociManifest)","config":\#(config),"layers":[\#(layer)]}"#.utf8),
            MediaType.ociManifest)
    }

    func index(_ manifests: [String]) throws -> String {
        try add(
            Array(#"{"schemaVersion":2,"mediaType":"\#(MediaType.ociIndex)","manifests":[\#(manifests.joined(separator: ","))]}"#.utf8),
            MediaType.ociIndex)
    }

    /// Writes `index.json`.
    func name(_ images: [(name: String?, descriptor: String)]) throws {
        let entries = images.map { image in
            let name = image.name.map { #","annotations":{"org.opencontainers.image.ref.name":"\#($0)"}}"# } ?? "}"
            return image.descriptor.dropLast() + name
        }
        try write(#"{"schemaVersion":2,"manifests":[\#(entries.joined(separator: ","))]}"#, to: "index.json")
    }

    func file(_ digest: Digest) -> String { "\(path)/blobs/sha256/\(digest.hex)" }

    static func digest(_ content: [UInt8]) -> Digest {
        guard let digest = Digest(.sha256, bytes: StreamingHash.digest(.sha256, of: content)) else { preconditionFailure("32 bytes") }
        return digest
    }
}
