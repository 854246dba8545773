import Swarm

/// The two files that make a directory an OCI image layout (image-spec, image-layout.md), so that other tools can read the images in it.
struct ImageLayout: Sendable {
    /// One image that `index.json` lists.
    struct Image {
        let reference: String
        let mediaType: String
        let digest: Digest
        let size: UInt64
    }

    let directory: Directory
    /// Only one thread at a time writes `index.json`.
    private let turn = Monitor(())

    init(_ directory: Directory) throws(BlobStoreError) {
        self.directory = directory
        let path = directory.path(of: "oci-layout")
        if !Directory.exists(path) { try Self.write(#"{"imageLayoutVersion":"1.0.0"}"#, to: path, in: directory) }
        if !Directory.exists(directory.path(of: "index.json")) { try list { [] } }
    }

    /// Replaces `index.json`.
    /// - Parameter images: asked for when it is this call's turn, so that the last call writes the last state.
    func list(_ images: () throws(BlobStoreError) -> [Image]) throws(BlobStoreError) {
        try turn.withLock { _ throws(BlobStoreError) in
            let manifests = try images().map(Self.descriptor).joined(separator: ",")
            let text = #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\#(manifests)]}"#
            try Self.write(text, to: directory.path(of: "index.json"), in: directory)
        }
    }

    private static func descriptor(_ image: Image) -> String {
        let name = #""annotations":{"org.opencontainers.image.ref.name":\#(quoted(image.reference))}"#
        return #"{"mediaType":\#(quoted(image.mediaType)),"digest":"\#(image.digest)","size":\#(image.size),\#(name)}"#
    }

    /// A JSON string (RFC 8259, section 7).
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += #"\""#
            case "\\": result += #"\\"#
            case _ where scalar.value < 0x20:
                let hex = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// A reader sees the old text or the new, never a part.
    private static func write(_ text: String, to path: String, in directory: Directory) throws(BlobStoreError) {
        let file = try OpenFile(path + ".new", .create)
        var failure: BlobStoreError?
        Array(text.utf8).withUnsafeBytes { bytes in
            do throws(BlobStoreError) { try file.write(bytes, at: 0) } catch { failure = error }
        }
        if let failure { throw failure }
        try file.sync()
        try Directory.rename(path + ".new", to: path)
        try directory.sync()
    }
}
