import FoundationEssentials
import Registry
import StorageTestSupport
import Swarm
import Testing

@testable import Publishing

/// What is read of a layout, and what is not believed.
@Suite struct LayoutImageTests {
    static let layer = [UInt8]("a layer".utf8)

    @Test func readsAllPlatforms() throws {
        try withTemporaryDirectory { folder in
            let layout = try SampleLayout(in: folder)
            let images = try [layout.image(layer: Self.layer), layout.image(layer: [1, 2, 3])]
            try layout.name([("v1", layout.index(images)), ("v2", images[0])])
            let image = try LayoutImage(in: layout.path, named: "v1")
            #expect(image.manifests.map(\.mediaType) == [MediaType.ociManifest, MediaType.ociManifest, MediaType.ociIndex])
            #expect(image.top.mediaType == MediaType.ociIndex)
            #expect(image.blobs.map(\.size) == [2, 7, 3], "the config that both have counts once")
            #expect(try LayoutImage(in: layout.path, named: "v2").manifests.count == 1)
            #expect(throws: PublishError.noImage(layout.path, wanted: "v3", available: ["v1", "v2"])) {
                try LayoutImage(in: layout.path, named: "v3")
            }
            #expect(throws: PublishError.noImage(layout.path, wanted: nil, available: ["v1", "v2"])) {
                try LayoutImage(in: layout.path, named: nil)
            }
        }
    }

    @Test func aLayoutHasItsTwoFiles() throws {
        try withTemporaryDirectory { folder in
            let layout = try SampleLayout(in: folder)
            #expect(throws: PublishError.notALayout(folder, "it has no file oci-layout")) { try LayoutImage(in: folder, named: nil) }
            #expect(throws: PublishError.notALayout(layout.path, "it has no index.json")) { try LayoutImage(in: layout.path, named: nil) }
            for text in ["", "[]", "{}", #"{"manifests":[{"digest":"sha256:x","size":1}]}"#] {
                try layout.write(text, to: "index.json")
                do throws(PublishError) {
                    _ = try LayoutImage(in: layout.path, named: nil)
                    Issue.record("\(text) was taken for an index")
                } catch {
                    guard case .notALayout = error else { Issue.record("\(error)"); continue }
                }
            }
        }
    }

    @Test(arguments: ["bytes", "size", "gone", "blob gone", "type"]) func believesNothing(fault: String) throws {
        try withTemporaryDirectory { folder in
            let layout = try SampleLayout(in: folder)
            let type = fault == "type" ? "text/x$evil" : MediaType.ociManifest
            let text = #"{"schemaVersion":2,"mediaType":"\#(type)","layers":[\#(try layout.add(Self.layer, "x/y"))]}"#
            let content = Array(text.utf8)
            let digest = SampleLayout.digest(content)
            try layout.name([(nil, layout.add(content, MediaType.ociManifest))])
            let file = URL(filePath: layout.file(digest))
            switch fault {
            case "bytes": try Data(content.map { $0 ^ 1 }).write(to: file)
            case "size": try Data(content.dropLast()).write(to: file)
            case "gone": try FileManager.default.removeItem(at: file)
            case "blob gone": try FileManager.default.removeItem(atPath: layout.file(SampleLayout.digest(Self.layer)))
            default: break
            }
            do throws(PublishError) {
                _ = try LayoutImage(in: layout.path, named: nil)
                Issue.record("it was taken as it is")
            } catch {
                switch (fault, error) {
                case ("bytes", .wrongBytes(let named, _)), ("size", .wrongSize(let named, _, _, _)), ("gone", .missing(let named, _)),
                    ("type", .manifest(let named, _)):
                    #expect(named == digest)
                case ("blob gone", .missing(let named, _)): #expect(named == SampleLayout.digest(Self.layer))
                default: Issue.record("\(error)")
                }
            }
        }
    }

    @Test func aFileIsReadAsItWasVerified() throws {
        try withTemporaryDirectory { folder in
            let content = (0..<3_500_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            let digest = SampleLayout.digest(content)
            let path = "\(folder)/blob"
            try Data(content).write(to: URL(filePath: path))
            let blob = Descriptor(mediaType: "x/y", digest: digest, size: UInt64(content.count))
            let file = try VerifiedFile(path, as: blob, partBytes: 1_000_000)
            #expect(file.parts.count == 4)
            #expect(try (0..<4).flatMap { try file.read(part: $0) } == content)
            var changed = content
            changed[2_000_001] ^= 1
            try Data(changed).write(to: URL(filePath: path))
            #expect(try file.read(part: 1).count == 1_000_000)
            #expect(throws: PublishError.changed(path)) { try file.read(part: 2) }
            #expect(throws: PublishError.wrongBytes(digest, path)) { try VerifiedFile(path, as: blob, partBytes: 1_000_000) }
        }
    }

    @Test(
        arguments: [
            ("dir", "dir", nil), ("dir:v1", "dir", "v1"), ("dir:docker.io/a/b:v1", "dir", "docker.io/a/b:v1"),
            ("with:colon", "with:colon", nil),
        ] as [(String, String, String?)])
    func splitsNames(text: String, directory: String, name: String?) {
        let reference = LayoutReference(text) { ["dir", "with:colon"].contains($0) }
        #expect(reference.directory == directory)
        #expect(reference.name == name)
    }
}
