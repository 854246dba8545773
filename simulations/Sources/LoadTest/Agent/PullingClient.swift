import Swarm

/// One client that pulls the image as containerd does: what the reference is, the index, the platform's manifest, then config and layers,
/// three at a time.
struct PullingClient: Sendable {
    /// containerd's `max_concurrent_downloads`, and so connections of a client.
    static let blobsAtATime = 3
    /// After a failed pull, so that an agent that refuses is not flooded.
    static let pauseAfterFailure: Duration = .milliseconds(100)

    let requests: MirrorRequests
    let tally: PullTally
    /// Compute each blob's digest every time it comes.
    let verifiesEach: Bool

    /// Pulls until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            let begin = ContinuousClock.now
            do throws(PullFailure) {
                try await pull()
            } catch {
                tally.add(error, after: ContinuousClock.now - begin)
                try? await Task.sleep(for: Self.pauseAfterFailure)
            }
        }
    }

    private func pull() async throws(PullFailure) {
        let begin = ContinuousClock.now
        let digest = try await requests.resolve()
        let resolved = ContinuousClock.now
        tally.note { $0.times.resolve.add(resolved - begin) }
        let parts = try await parts(of: digest)
        try await fetch(parts)
        let took = ContinuousClock.now - begin
        tally.note {
            $0.times.pull.add(took)
            $0.pulls += 1
        }
    }

    /// Config and layers of the image, by way of its index if it has one.
    func parts(of digest: Digest) async throws(PullFailure) -> [ImageManifest.Part] {
        switch try await manifest(digest).content {
        case .image(let parts): return parts
        case .index(let part):
            guard case .image(let parts) = try await manifest(part.digest).content else { throw .manifest("an index names an index") }
            return parts
        }
    }

    private func manifest(_ digest: Digest) async throws(PullFailure) -> ImageManifest {
        let begin = ContinuousClock.now
        let manifest = try await requests.manifest(digest)
        let took = ContinuousClock.now - begin
        tally.note { $0.times.manifest.add(took) }
        return manifest
    }

    private func fetch(_ parts: [ImageManifest.Part]) async throws(PullFailure) {
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for (index, part) in parts.enumerated() {
                    if index >= Self.blobsAtATime { try await group.next() }
                    group.addTask { try await fetch(part) }
                }
                try await group.waitForAll()
            }
        } catch {
            throw PullFailure(error, path: "")
        }
    }

    private func fetch(_ part: ImageManifest.Part) async throws(PullFailure) {
        let hashing = tally.takesHash(of: part.digest, each: verifiesEach)
        let begin = ContinuousClock.now
        let answer: BodyReader.Answer
        do throws(PullFailure) {
            answer = try await requests.blob(part, hashing: hashing)
        } catch {
            if hashing { tally.missedHash(of: part.digest) }
            throw error
        }
        tally.note {
            // An empty blob has no first byte.
            if let first = answer.firstByteAt ?? answer.endedAt { $0.times.firstByte.add(first - begin) }
            if let end = answer.endedAt { $0.times.blob.add(end - begin) }
            $0.blobs += 1
            $0.hashed += hashing ? 1 : 0
        }
    }
}
