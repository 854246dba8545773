import Swarm

/// Where things lie under the data directory.
struct StorePaths: Sendable {
    let root: Directory

    init(_ path: String) { root = Directory(path: path) }

    /// The OCI image layout (image-spec, image-layout.md).
    var layout: Directory { Directory(path: root.path(of: "oci")) }
    var partial: Directory { Directory(path: root.path(of: "partial")) }
    var index: Directory { Directory(path: root.path(of: "index")) }
    var lock: String { root.path(of: "lock") }

    func blobs(_ algorithm: DigestAlgorithm) -> Directory { Directory(path: layout.path(of: "blobs/\(algorithm.name)")) }
    func whole(_ digest: Digest) -> String { blobs(digest.algorithm).path(of: digest.hex) }
    func partial(_ digest: Digest) -> String { partial.path(of: "\(digest.algorithm.name)-\(digest.hex)") }

    /// Reads the name of a partial file back; nil for any other file, such as one left over from a publication.
    static func digest(ofPartial name: String) -> Digest? {
        guard let dash = name.firstIndex(of: "-"), let algorithm = DigestAlgorithm(name: name[..<dash]) else { return nil }
        return digest(algorithm, hex: name[name.index(after: dash)...])
    }

    static func digest(_ algorithm: DigestAlgorithm, hex: some StringProtocol) -> Digest? {
        Hex.decode(hex).flatMap { Digest(algorithm, bytes: $0) }
    }
}
