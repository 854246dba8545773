import AsyncHTTPClient
public import Swarm

/// Clients that pull one image again and again through an agent's mirror, and measure how soon it comes.
///
/// Bounded: three connections a client, no body in memory but manifests, histograms of a fixed size; and it ends when its time is over.
public struct AgentLoad: Sendable {
    /// What to pull through which mirror.
    public struct Settings: Sendable {
        /// URL of an agent's mirror.
        public var mirror: String
        public var image: Reference
        public var clients: Int
        public var duration: Duration
        /// Compute each blob's digest every time it comes; else the first time, and later only look at the size.
        public var verifiesEach: Bool

        public init(mirror: String, image: Reference, clients: Int, duration: Duration, verifiesEach: Bool = false) {
            self.mirror = mirror.hasSuffix("/") ? String(mirror.dropLast()) : mirror
            self.image = image
            self.clients = clients
            self.duration = duration
            self.verifiesEach = verifiesEach
        }
    }

    private let settings: Settings
    private let progress: @Sendable (String) -> Void

    /// - Parameter progress: is called with a line of text each second.
    public init(_ settings: Settings, progress: @escaping @Sendable (String) -> Void) {
        self.settings = settings
        self.progress = progress
    }

    /// Pulls until the time is over. A task that is cancelled ends at once, with what was measured until then.
    ///
    /// - Throws: `LoadError` when nothing could be measured: too few open files, no mirror at the address, or no such image.
    public func run() async throws -> AgentLoadReport {
        let connections = settings.clients * PullingClient.blobsAtATime
        try OpenFileLimit.require(sockets: connections, for: "--clients \(settings.clients)")
        let http = MirrorRequests.client(connections: connections)
        do {
            let report = try await measure(http)
            try await http.shutdown()
            return report
        } catch {
            // The first error is the one that matters.
            try? await http.shutdown()
            throw error
        }
    }

    private func measure(_ http: HTTPClient) async throws -> AgentLoadReport {
        let imageBytes = try await probe(http)
        let tally = PullTally()
        let requests = MirrorRequests(mirror: settings.mirror, image: settings.image, http: http) { tally.add(bytes: $0) }
        let client = PullingClient(requests: requests, tally: tally, verifiesEach: settings.verifiesEach)
        let processor = OwnProcessor()
        let begin = ContinuousClock.now
        await withDiscardingTaskGroup { group in
            for _ in 0..<settings.clients { group.addTask { await client.run() } }
            await showProgress(of: tally, until: begin + settings.duration)
            group.cancelAll()
        }
        let took = ContinuousClock.now - begin
        return AgentLoadReport(
            settings, tally.now, imageBytes: imageBytes, receivedBytes: tally.receivedBytes, took: took,
            ownProcessors: processor.share(of: took))
    }

    /// Asks once for the image's manifests, apart from what is measured: where there is no image, many clients need not ask.
    ///
    /// - Returns: bytes of the image's config and layers.
    private func probe(_ http: HTTPClient) async throws(LoadError) -> UInt64 {
        let requests = MirrorRequests(mirror: settings.mirror, image: settings.image, http: http) { _ in }
        let client = PullingClient(requests: requests, tally: PullTally(), verifiesEach: false)
        do throws(PullFailure) {
            return try await client.parts(of: try await requests.resolve()).reduce(0) { $0 + $1.size }
        } catch {
            switch error {
            case .connection, .timeout: throw .mirror(settings.mirror, why: error.text)
            case .status(404, _, _):
                throw .image(
                    settings.image.description,
                    why:
                        "\(error.text); --image is what a client pulls, [registry/]repository[:tag], and --mirror must be an agent's mirror"
                )
            case .status, .size, .bytes, .manifest, .cancelled: throw .image(settings.image.description, why: error.text)
            }
        }
    }

    /// Returns when the time is over, or the task is cancelled.
    private func showProgress(of tally: PullTally, until end: ContinuousClock.Instant) async {
        let begin = ContinuousClock.now
        var seconds = 0
        var before: UInt64 = 0
        while !Task.isCancelled, ContinuousClock.now < end {
            seconds += 1
            try? await Task.sleep(until: min(end, begin + .seconds(seconds)))
            let received = tally.receivedBytes
            progress(AgentLoadReport.progressText(seconds: seconds, tally.now, bytesPerSecond: received - before))
            before = received
        }
    }
}
