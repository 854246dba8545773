import Cryptography
import NIOCore
import Operations
import Registry
import Swarm

/// Pulls one image: manifest, then its blobs side by side.
struct ImagePull {
    /// Blobs under way at once.
    static let concurrency = 4

    /// What `--json` prints.
    struct Pulled: Encodable {
        let reference: String
        let digest: String
        let mediaType: String
        let blobs: Int
        let bytes: UInt64
        let seconds: Double
    }

    let mirror: MirrorClient
    let layout: LayoutWriter
    let platform: PullPlatform

    func run(_ image: Reference) async throws -> Pulled {
        let clock = ContinuousClock()
        let began = clock.now
        let (top, manifest) = try await manifest(image)
        let blobs = manifest.descriptors.filter { !layout.has($0) }
        let progress = PullProgress(title: image.description, totalBytes: blobs.reduce(0) { $0 + $1.size })
        do {
            try await download(blobs, of: image, progress)
        } catch {
            await progress.abandon()
            throw error
        }
        try layout.name(top, name(of: image))
        await progress.finish()
        return Pulled(
            reference: image.description, digest: "\(top.digest)", mediaType: top.mediaType, blobs: manifest.descriptors.count,
            bytes: manifest.descriptors.reduce(0) { $0 + $1.size }, seconds: (clock.now - began) / .seconds(1))
    }

    private func name(of image: Reference) -> String {
        if case .tag(let tag) = image.target { return tag }
        return image.description
    }

    /// The image's manifest; of an index, the one for the platform.
    private func manifest(_ image: Reference) async throws -> (Descriptor, Manifest) {
        let (first, manifest) = try await fetchManifest(image, image.target)
        guard manifest.isIndex else { return (first, manifest) }
        guard let match = manifest.descriptors.first(where: { $0.platform.map(platform.matches) == true }) else {
            throw PullError.noPlatform("\(platform)", available: manifest.descriptors.compactMap { $0.platform.map { "\($0)" } })
        }
        return try await fetchManifest(image, .digest(match.digest))
    }

    private func fetchManifest(_ image: Reference, _ target: Reference.Target) async throws -> (Descriptor, Manifest) {
        let bytes = Array(try await mirror.manifest(image, target).readableBytesView)
        var algorithm = DigestAlgorithm.sha256
        if case .digest(let wanted) = target { algorithm = wanted.algorithm }
        guard let digest = Digest(algorithm, bytes: StreamingHash.digest(algorithm == .sha256 ? .sha256 : .sha512, of: bytes)) else {
            throw PullError.noDigest("\(image)")
        }
        if case .digest(let wanted) = target, wanted != digest { throw PullError.wrongBytes(wanted) }
        do {
            let manifest = try Manifest(parsing: bytes)
            try layout.write(bytes, as: digest)
            return (Descriptor(mediaType: manifest.mediaType, digest: digest, size: UInt64(bytes.count)), manifest)
        } catch let error as ManifestError {
            throw PullError.manifest(digest, "\(error)")
        }
    }

    private func download(_ blobs: [Descriptor], of image: Reference, _ progress: PullProgress) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            // Largest first, so that the last one to end is not a large one begun late.
            for (index, blob) in blobs.sorted(by: { $0.size > $1.size }).enumerated() {
                if index >= Self.concurrency { try await group.next() }
                let download = BlobDownload(
                    mirror: mirror, image: image, blob: blob, path: layout.path(blob.digest), received: { await progress.add($0) })
                group.addTask { try await download.run() }
            }
            try await group.waitForAll()
        }
    }
}

/// The bar that all downloads share.
private actor PullProgress {
    private var bar: ProgressBar
    private var done: UInt64 = 0

    init(title: String, totalBytes: UInt64) {
        bar = ProgressBar(title: title, totalBytes: totalBytes)
    }

    func add(_ bytes: Int) {
        done += UInt64(bytes)
        bar.update(doneBytes: done)
    }

    func finish() { bar.finish() }
    func abandon() { bar.abandon() }
}
