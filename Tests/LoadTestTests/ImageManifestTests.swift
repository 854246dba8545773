import Swarm
import Testing

@testable import LoadTest

@Suite struct ImageManifestTests {
    private static let digests = ["a", "b", "c"].map { "sha256:" + String(repeating: $0, count: 64) }

    private static func part(_ digest: String, _ size: UInt64) throws -> ImageManifest.Part {
        ImageManifest.Part(digest: try Digest(parsing: digest), size: size)
    }

    @Test func indexGivesThePlatformsManifest() throws {
        let text = """
            {"schemaVersion": 2, "manifests": [
              {"digest": "\(Self.digests[0])", "size": 1, "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
              {"digest": "\(Self.digests[1])", "size": 2, "platform": {"os": "linux", "architecture": "amd64"}},
              {"digest": "\(Self.digests[2])", "size": 3}]}
            """
        #expect(try ImageManifest(parsing: Array(text.utf8)).content == .index(Self.part(Self.digests[1], 2)))
    }

    @Test func imageGivesConfigAndLayersEachOnce() throws {
        let text = """
            {"config": {"digest": "\(Self.digests[0])", "size": 10},
             "layers": [{"digest": "\(Self.digests[1])", "size": 20}, {"digest": "\(Self.digests[1])", "size": 20}]}
            """
        let expected = [try Self.part(Self.digests[0], 10), try Self.part(Self.digests[1], 20)]
        #expect(try ImageManifest(parsing: Array(text.utf8)).content == .image(expected))
    }

    @Test(arguments: [
        "not json", "{}", #"{"manifests": []}"#, #"{"config": {"digest": "sha256:1", "size": 1}}"#,
        #"{"config": {"size": -1, "digest": ""}}"#,
    ])
    func whatIsNoManifestIsRefused(text: String) {
        #expect(throws: PullFailure.self) { try ImageManifest(parsing: Array(text.utf8)) }
    }
}
