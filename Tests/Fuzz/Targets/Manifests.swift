import Swarm

/// Manifests and indexes as origins send them.
enum Target: FuzzTarget {
    static var seeds: [[UInt8]] {
        let digest = Samples.digests[0].description
        let descriptor = #"{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"\#(digest)","size":1024}"#
        let platform = #"{"mediaType":"m","digest":"\#(digest)","size":7,"platform":{"os":"linux","architecture":"arm64","variant":"v8"}}"#
        return [
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\#(descriptor),"layers":[\#(descriptor)]}"#,
            #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[\#(platform),\#(platform)]}"#,
            #"{"schemaVersion":2,"layers":[]}"#, #"{"schemaVersion":1,"fsLayers":[]}"#, #"{"mediaType":"a; b=c","blobs":[null,{},1]}"#,
        ].map { Array($0.utf8) }
    }

    static func run(_ bytes: [UInt8]) {
        guard let manifest = try? Manifest(parsing: bytes) else { return }
        precondition(!manifest.mediaType.isEmpty || manifest.descriptors.isEmpty || !manifest.isIndex)
        for descriptor in manifest.descriptors {
            precondition((try? Digest(parsing: descriptor.digest.description)) == descriptor.digest)
        }
    }
}
