import NIOCore
import Registry
import Swarm
import Testing

@Suite struct ManifestTests {
    @Test(arguments: [
        (#"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"#, MediaType.ociIndex),
        (#"{"mediaType":"application/vnd.docker.distribution.manifest.v2+json","layers":[]}"#, MediaType.dockerManifest),
        (#"{"mediaType":"application/vnd.custom+json; charset=utf-8"}"#, "application/vnd.custom+json"),
        (#"{"schemaVersion":1,"name":"x","fsLayers":[]}"#, MediaType.dockerSchema1),
        (#"{"schemaVersion":2,"manifests":[]}"#, MediaType.ociIndex),
        (#"{"schemaVersion":2,"layers":[]}"#, MediaType.ociManifest),
        (#"{"schemaVersion":2,"mediaType":"","layers":[]}"#, MediaType.ociManifest),
        ("{\"mediaType\":\"a\\r\\nb: c\",\"layers\":[]}", MediaType.ociManifest),
    ])
    func infersMediaType(json: String, mediaType: String) throws {
        #expect(try Manifest(parsing: Array(json.utf8)).mediaType == mediaType)
    }

    @Test func readsDescriptors() throws {
        let json = """
            {"schemaVersion":2,"config":{"mediaType":"c","digest":"\(SampleDigest.a)","size":3},
             "layers":[{"digest":"\(SampleDigest.sha512)","size":0}]}
            """
        #expect(
            try Manifest(parsing: Array(json.utf8)).descriptors == [
                Descriptor(mediaType: "c", digest: SampleDigest.a, size: 3),
                Descriptor(mediaType: MediaType.octetStream, digest: SampleDigest.sha512, size: 0),
            ])
        let index = """
            {"manifests":[{"mediaType":"m","digest":"\(SampleDigest.b)","size":7,
             "platform":{"os":"linux","architecture":"arm64","variant":"v8"}}]}
            """
        let manifest = try Manifest(parsing: Array(index.utf8))
        #expect(manifest.isIndex)
        #expect(manifest.descriptors.first?.platform?.description == "linux/arm64/v8")
    }

    @Test(arguments: [
        ("", ManifestError.notAManifest), ("[]", .notAManifest), ("{", .notAManifest), ("7", .notAManifest), ("{}", .unknownKind),
        (#"{"layers":7,"mediaType":[]}"#, .unknownKind),
    ])
    func refuses(json: String, error: ManifestError) {
        #expect(throws: error) { try Manifest(parsing: Array(json.utf8)) }
    }

    /// What a direct pull would have delivered is delivered, even when nothing can be fetched ahead of it.
    @Test(arguments: [
        #"{}"#, #"7"#, #"{"digest":"sha256:00","size":1}"#, #"{"digest":"\#(SampleDigest.a)","size":-1}"#,
        #"{"digest":"\#(SampleDigest.a)"}"#,
        #"{"digest":"\#(SampleDigest.a)","size":"1"}"#, #"{"digest":"sha384:\#(SampleDigest.a.hex)","size":1}"#,
    ])
    func leavesOutMalformedDescriptors(descriptor: String) throws {
        let json = #"{"layers":[\#(descriptor),{"digest":"\#(SampleDigest.b)","size":2,"platform":7}],"config":null}"#
        let manifest = try Manifest(parsing: Array(json.utf8))
        #expect(manifest.mediaType == MediaType.ociManifest)
        #expect(manifest.descriptors == [Descriptor(mediaType: MediaType.octetStream, digest: SampleDigest.b, size: 2)])
    }

    @Test func refusesHugeBodies() {
        let bytes = [UInt8](repeating: 32, count: Int(Manifest.limitBytes) + 1)
        #expect(throws: ManifestError.tooLarge(UInt64(bytes.count))) { try Manifest(parsing: bytes) }
    }

    @Test func writesErrorDocuments() {
        let json = ErrorDocument(.blobUnknown, message: "a \"b\" /c").json
        #expect(String(buffer: json) == #"{"errors":[{"code":"BLOB_UNKNOWN","message":"a \"b\" /c"}]}"#)
    }
}
