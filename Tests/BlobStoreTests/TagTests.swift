import BlobStore
import StorageTestSupport
import Swarm
import Testing

@Suite struct TagTests {
    @Test(arguments: ["ghcr.io/org/app:v1", "busybox:latest", "localhost:5000/a/b:x", String(repeating: "a/", count: 120) + "b:latest"])
    func tagsAreRememberedReplacedAndForgotten(text: String) throws {
        let directory = try TemporaryDirectory()
        let reference = try Reference(parsing: text)
        let tags = try (1...2).map {
            ResolvedTag(
                digest: try SampleBlob(size: $0).digest, mediaType: "application/vnd.oci.image.index.v1+json", resolvedAtSeconds: UInt64($0)
            )
        }
        for tag in tags {
            let store = try BlobStore(directory: directory.path)
            try store.remember(reference, as: tag)
            #expect(try store.resolve(reference) == tag)
        }
        let store = try BlobStore(directory: directory.path)
        #expect(try store.resolve(reference) == tags[1])
        #expect(try store.resolve(Reference(parsing: "other:v1")) == nil)
        try store.forget(reference)
        #expect(try store.resolve(reference) == nil)
    }

    /// Other tools find the images whose manifests are held, by their references.
    @Test func theImageLayoutListsWhatIsHeld() throws {
        let directory = try TemporaryDirectory()
        let store = try BlobStore(directory: directory.path)
        let manifest = try SampleBlob(size: 700)
        let tag = ResolvedTag(digest: manifest.digest, mediaType: #"a/"b\c"#, resolvedAtSeconds: 5)
        let listed =
            #"{"mediaType":"a/\"b\\c","digest":"\#(manifest.digest)","size":700,"annotations":{"org.opencontainers.image.ref.name":"r.io/x:v1"}}"#
        try store.remember(Reference(parsing: "r.io/x:v1"), as: tag)
        #expect(try manifests(directory) == "")
        try store.publish(manifest.digest, manifest.bytes)
        #expect(try manifests(directory) == listed)
        try store.remember(Reference(parsing: "r.io/x:v2"), as: tag)
        #expect(try manifests(directory) == listed + "," + listed.replacing("v1", with: "v2"))
        try store.forget(Reference(parsing: "r.io/x:v2"))
        #expect(try manifests(directory) == listed)
        try store.remove(manifest.digest)
        #expect(try manifests(directory) == "")
    }

    private func manifests(_ directory: TemporaryDirectory) throws -> String {
        let text = try directory.text(of: "oci/index.json")
        let start = #"{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":["#
        try #require(text.hasPrefix(start) && text.hasSuffix("]}"))
        return String(text.dropFirst(start.count).dropLast(2))
    }
}
