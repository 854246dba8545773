/// The two files that make a directory an OCI image layout (image-spec, image-layout.md).
enum ImageLayout {
    static func prepare(_ directory: Directory) throws(BlobStoreError) {
        try write(#"{"imageLayoutVersion":"1.0.0"}"#, to: "oci-layout", in: directory)
        try write(
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#, to: "index.json", in: directory)
    }

    /// Leaves a file that exists alone.
    private static func write(_ text: String, to name: String, in directory: Directory) throws(BlobStoreError) {
        let path = directory.path(of: name)
        guard !Directory.exists(path) else { return }
        let file = try OpenFile(path + ".new", .create)
        var failure: BlobStoreError?
        var text = text
        text.withUTF8 { bytes in
            do throws(BlobStoreError) {
                try file.write(UnsafeRawBufferPointer(bytes), at: 0)
            } catch { failure = error }
        }
        if let failure { throw failure }
        try file.sync()
        try Directory.rename(path + ".new", to: path)
        try directory.sync()
    }
}
