import Cryptography
import FoundationEssentials
public import Registry
public import Swarm

/// One image of an OCI image layout (image-spec, "image-layout.md"), with all that it names. Its manifests are read and verified; its blobs are
/// files yet to be.
public struct LayoutImage: Sendable, Hashable {
    /// A manifest, verified.
    public struct Document: Sendable, Hashable {
        public let digest: Digest
        public let mediaType: String
        let bytes: [UInt8]
    }

    public let directory: String
    /// What the layout calls it, if anything.
    public let name: String?
    /// Those that others name come first; the last one is the image itself.
    public let manifests: [Document]
    /// Config and layers of all platforms, each once.
    public let blobs: [Descriptor]

    /// An image with more manifests than this is none.
    static let manifestLimit = 1024
    /// An index of an index of an index is as deep as it gets.
    static let depthLimit = 4
    static let blobLimit = 65_536

    public var top: Document { manifests[manifests.count - 1] }

    /// Reads an image's manifests.
    ///
    /// - Parameter name: nil for the only one.
    public init(in directory: String, named name: String?) throws(PublishError) {
        let marker = "\(directory)/oci-layout"
        guard LayoutFile.exists(marker) else { throw .notALayout(directory, "it has no file oci-layout") }
        let entries = try Self.index(directory)
        let found = name.map { name in entries.filter { $0.name == name } } ?? entries
        guard let entry = found.first, found.count == 1 || Set(found.map(\.digest)).count == 1 else {
            throw .noImage(directory, wanted: name, available: entries.compactMap(\.name))
        }
        var reader = Reader(directory: directory)
        try reader.read(entry.digest, size: entry.size, depth: 0)
        self.directory = directory
        self.name = entry.name
        manifests = reader.manifests
        blobs = reader.blobs
    }

    func path(of digest: Digest) -> String { Self.path(directory, digest) }

    static func path(_ directory: String, _ digest: Digest) -> String { "\(directory)/blobs/\(digest.algorithm.name)/\(digest.hex)" }

    private struct Index: Decodable {
        struct Entry: Decodable {
            let digest: String
            let size: UInt64
            let annotations: [String: String]?
        }

        let manifests: [Entry]
    }

    private static func index(_ directory: String) throws(PublishError) -> [(name: String?, digest: Digest, size: UInt64)] {
        let path = "\(directory)/index.json"
        guard LayoutFile.exists(path) else { throw .notALayout(directory, "it has no index.json") }
        let bytes = try LayoutFile.text(path, limitBytes: Int(Manifest.limitBytes))
        do {
            return try JSONDecoder().decode(Index.self, from: Data(bytes)).manifests.map {
                ($0.annotations?["org.opencontainers.image.ref.name"], try Digest(parsing: $0.digest), $0.size)
            }
        } catch let error as DigestError {
            throw .notALayout(directory, "index.json: \(error)")
        } catch {
            throw .notALayout(directory, "index.json is not an image index")
        }
    }
}

/// Walks from a manifest to all that it names.
private struct Reader {
    let directory: String
    var manifests: [LayoutImage.Document] = []
    var blobs: [Descriptor] = []
    private var seen: Set<Digest> = []

    init(directory: String) { self.directory = directory }

    mutating func read(_ digest: Digest, size: UInt64, depth: Int) throws(PublishError) {
        guard seen.insert(digest).inserted else { return }
        guard depth < LayoutImage.depthLimit, manifests.count < LayoutImage.manifestLimit else {
            throw .manifest(
                digest, "the image has too many manifests: \(LayoutImage.manifestLimit) are the most, \(LayoutImage.depthLimit) deep")
        }
        let path = LayoutImage.path(directory, digest)
        guard LayoutFile.exists(path) else { throw .missing(digest, path) }
        let bytes = try LayoutFile.text(path, limitBytes: Int(Manifest.limitBytes))
        guard UInt64(bytes.count) == size else { throw .wrongSize(digest, path, expected: size, actual: UInt64(bytes.count)) }
        let hash = StreamingHash.digest(digest.algorithm == .sha256 ? .sha256 : .sha512, of: bytes)
        guard Digest(digest.algorithm, bytes: hash) == digest else { throw .wrongBytes(digest, path) }
        let manifest: Manifest
        do {
            manifest = try Manifest(parsing: bytes)
        } catch {
            throw .manifest(digest, "\(error)")
        }
        guard manifest.mediaType.utf8.allSatisfy(Self.isTypeByte) else {
            throw .manifest(digest, "\"\(manifest.mediaType.prefix(100))\" is not a media type")
        }
        for named in manifest.descriptors {
            if manifest.isIndex { try read(named.digest, size: named.size, depth: depth + 1) } else { try note(named) }
        }
        manifests.append(LayoutImage.Document(digest: digest, mediaType: manifest.mediaType, bytes: bytes))
    }

    /// Foreign layers are had elsewhere; a layout need not have them.
    private mutating func note(_ blob: Descriptor) throws(PublishError) {
        let path = LayoutImage.path(directory, blob.digest)
        guard LayoutFile.exists(path) else {
            if blob.isForeign { return }
            throw .missing(blob.digest, path)
        }
        guard seen.insert(blob.digest).inserted else { return }
        guard blobs.count < LayoutImage.blobLimit else {
            throw .manifest(blob.digest, "the image names more than \(LayoutImage.blobLimit) blobs")
        }
        blobs.append(blob)
    }

    /// As much of RFC 6838 as image types use, and no character that means anything to a server's settings.
    private static func isTypeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: [UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_")].contains(byte)
        }
    }
}
