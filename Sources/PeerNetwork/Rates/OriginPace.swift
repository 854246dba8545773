import Swarm

/// Holds back what origins send, to a rate over all of them: what is not asked for stays with them.
actor OriginPace {
    private var bucket: TokenBucket
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(bytesPerSecond: UInt64) {
        bucket = TokenBucket(bytesPerSecond: bytesPerSecond)
        start = clock.now
    }

    /// Bytes have come: returns when more may be asked for, or when the task is cancelled.
    func spend(_ bytes: Int) async {
        bucket.take(bytes, at: now)
        let wait = bucket.wait(at: now)
        guard wait > .zero else { return }
        // A cancelled task wants to end: whoever asks next finds that.
        try? await clock.sleep(for: wait)
    }

    private var now: Instant { .zero + (clock.now - start) }
}

/// An origin whose bodies are read no faster than a pace allows.
struct PacedOrigin: OriginFetching {
    let origin: any OriginFetching
    let pace: OriginPace

    func fetch(_ digest: Digest, at location: OriginLocation, range: Range<UInt64>?) async throws(OriginFailure) -> OriginAnswer {
        var answer = try await origin.fetch(digest, at: location, range: range)
        let (next, pace) = (answer.next, pace)
        answer.next = { () async throws(OriginFailure) in
            guard let chunk = try await next() else { return nil }
            var count = 0
            chunk.withBytes { count = $0.count }
            await pace.spend(count)
            return chunk
        }
        return answer
    }

    func contradicted(_ digest: Digest) async { await origin.contradicted(digest) }

    func leaveAlone(_ server: String, for duration: Duration) async { await origin.leaveAlone(server, for: duration) }
}
