import FoundationEssentials
import Registry
import StorageTestSupport
import Swarm
import Synchronization
import Testing

@testable import Publishing

/// In which order an image is written, what is written again, and into a directory for real.
@Suite struct PublisherTests {
    static let layer = (0..<2_500_000).map { UInt8(truncatingIfNeeded: $0 &* 11) }

    @Test func namesComeAfterWhatTheyName() async throws {
        try await withTemporaryDirectory { folder in
            let layout = try SampleLayout(in: folder)
            try layout.name([("v1", layout.index([layout.image(layer: Self.layer), layout.image(layer: [1])]))])
            let image = try LayoutImage(in: layout.path, named: nil)
            let target = RecordingTarget()
            let publication = try await publish(image, to: target)
            #expect(publication.blobs == 3 && publication.skipped == 0 && publication.manifests == 3)
            let writes = target.writes
            #expect(writes.first == "open")
            #expect(writes.last == "v2/org/app/manifests/v1")
            let firstManifest = try #require(writes.firstIndex { $0.contains("/manifests/") })
            let lastBlob = try #require(writes.lastIndex { $0.contains("/blobs/") })
            #expect(lastBlob < firstManifest)
            #expect(writes.suffix(2) == ["note 4", "v2/org/app/manifests/v1"])
            #expect(writes[writes.count - 3] == "v2/org/app/manifests/\(image.top.digest)")
        }
    }

    @Test func nothingIsNamedWhenABlobFails() async throws {
        try await withTemporaryDirectory { folder in
            let layout = try SampleLayout(in: folder)
            try layout.name([(nil, layout.image(layer: Self.layer))])
            let image = try LayoutImage(in: layout.path, named: nil)
            let digest = SampleLayout.digest(Self.layer)
            try Data(Self.layer.map { $0 ^ 1 }).write(to: URL(filePath: layout.file(digest)))
            let target = RecordingTarget()
            await #expect(throws: PublishError.wrongBytes(digest, layout.file(digest))) { try await publish(image, to: target) }
            #expect(!target.writes.contains { $0.contains("/manifests/") || $0.contains("\(digest)") })
        }
    }

    @Test func aDirectoryIsWrittenOnceAndAgain() async throws {
        try await withTemporaryDirectory { folder in
            let layout = try SampleLayout(in: folder)
            try layout.name([(nil, layout.image(layer: Self.layer))])
            let image = try LayoutImage(in: layout.path, named: nil)
            let root = "\(folder)/a/site"
            #expect(try await publish(image, to: DirectoryTarget(root, partBytes: 1 << 20)).skipped == 0)
            let digest = SampleLayout.digest(Self.layer)
            #expect(try Array(Data(contentsOf: URL(filePath: "\(root)/v2/org/app/blobs/\(digest)"))) == Self.layer)
            #expect(try Array(Data(contentsOf: URL(filePath: "\(root)/v2/org/app/manifests/v1"))) == image.top.bytes)
            #expect(try Array(Data(contentsOf: URL(filePath: "\(root)/v2/org/app/manifests/\(image.top.digest)"))) == image.top.bytes)
            // Cut off by somebody: written again. The other blob is not.
            try Data([1]).write(to: URL(filePath: "\(root)/v2/org/app/blobs/\(digest)"))
            let again = try await publish(image, to: DirectoryTarget(root, partBytes: 1 << 20))
            #expect(again.skipped == 1 && again.sentBytes == UInt64(Self.layer.count))
            #expect(try Array(Data(contentsOf: URL(filePath: "\(root)/v2/org/app/blobs/\(digest)"))) == Self.layer)
            let types = String(decoding: try Data(contentsOf: URL(filePath: "\(root)/manifest-types.map")), as: UTF8.self)
            #expect(
                types.split(separator: "\n") == [
                    "\"/v2/org/app/manifests/\(image.top.digest)\" \(MediaType.ociManifest);",
                    "\"/v2/org/app/manifests/v1\" \(MediaType.ociManifest);",
                ])
            let files = try FileManager.default.subpathsOfDirectory(atPath: root)
            #expect(!files.contains { $0.hasSuffix(".part") })
        }
    }

    @Test func oneAtATimeWritesADirectory() async throws {
        try await withTemporaryDirectory { folder in
            let first = DirectoryTarget("\(folder)/site", partBytes: 1 << 20)
            try await first.open()
            await #expect(throws: PublishError.busy("\(folder)/site/.lock")) {
                try await DirectoryTarget("\(folder)/site", partBytes: 1 << 20).open()
            }
            withExtendedLifetime(first) {}
        }
    }

    @Test func slotsBoundWhatRunsAtATime() async throws {
        let slots = Slots(3)
        let running = Mutex((now: 0, most: 0))
        _ = try await PublishError.inGroup(atMost: 20, 0..<100) { (_: Int) async throws(PublishError) in
            try await slots.with { () async throws(PublishError) in
                running.withLock { ($0.now, $0.most) = ($0.now + 1, max($0.most, $0.now + 1)) }
                await Task.yield()
                running.withLock { $0.now -= 1 }
            }
        }
        #expect(running.withLock { $0.now == 0 && (1...3).contains($0.most) })
    }

    private func publish(_ image: LayoutImage, to target: any PublicationTarget) async throws -> Publisher.Publication {
        try await Publisher(to: target, repository: "org/app", tag: "v1").publish(image, planned: { _ in }, sent: { _ in })
    }
}

/// Keeps nothing but the order.
private final class RecordingTarget: PublicationTarget {
    let partBytes = 1 << 20
    private let log = Mutex<[String]>([])

    var writes: [String] { log.withLock { $0 } }

    func open() async throws(PublishError) { log.withLock { $0.append("open") } }

    func size(of path: String) async throws(PublishError) -> UInt64? { nil }

    func put(_ bytes: [UInt8], at path: String, mediaType: String) async throws(PublishError) { log.withLock { $0.append(path) } }

    func put(_ file: VerifiedFile, at path: String, sent: @escaping @Sendable (Int) async -> Void) async throws(PublishError) {
        for part in file.parts.indices { await sent(try file.read(part: part).count) }
        log.withLock { $0.append(path) }
    }

    func note(types: [String: String]) async throws(PublishError) { log.withLock { $0.append("note \(types.count)") } }
}
