import BlobStore
import Foundation
import PeerNetwork
import Swarm
import Testing
import UVLoop

/// One agent with its own loop, store and counts.
struct TestAgent: Sendable {
    let agent: SwarmAgent
    let loop: UVLoop
    let counts: Counts
    /// Where peers reach it.
    let address: String

    init(
        directory: String, origin: TestOrigin, tracker: String?, quota: UInt64? = nil, adjust: (inout AgentSettings) -> Void = { _ in }
    ) async throws {
        loop = try UVLoop(name: "agent")
        counts = Counts()
        var configuration = BlobStore.Configuration()
        configuration.indexSizeBytes = 64 << 20
        configuration.quotaBytes = quota
        var settings = AgentSettings(trackers: tracker.map { [$0] } ?? [], listen: "127.0.0.1:0", zone: "")
        settings.seed = 1
        adjust(&settings)
        let store = try await Self.store(directory, configuration)
        agent = SwarmAgent(
            loop: loop, store: store, settings: settings, origin: origin, observer: counts, logger: counts.logger())
        address = try await agent.start()
    }

    /// Waits for an earlier agent's last task to let go of the folder.
    private static func store(_ directory: String, _ configuration: BlobStore.Configuration) async throws -> BlobStore {
        while true {
            do throws(BlobStoreError) {
                return try BlobStore(directory: directory, configuration: configuration)
            } catch {
                guard case .locked = error, !Task.isCancelled else { throw error }
            }
            await Task.yield()
        }
    }

    /// Ends the agent and its loop; throws when a handle is left (`uv_loop_close`).
    func stop() async throws {
        await agent.stop()
        try await loop.shutdown()
    }

    /// Reads a whole blob, as the mirror does for a client.
    func read(_ content: Content) async throws -> [UInt8] {
        let reader = try await agent.open(content.digest, at: TestOrigin.location)
        let bytes = try await read(reader, from: 0, to: Int(reader.size))
        await agent.close(reader)
        return bytes
    }

    /// Files are read without the loop, which a test may end while a client reads: what fails then is the agent, not the harness.
    func read(_ reader: BlobReader, from start: Int, to end: Int) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while start + bytes.count < end {
            switch try await agent.available(reader, at: UInt64(start + bytes.count), limit: end - start - bytes.count) {
            case .file(let file, let range):
                bytes += try file.read(at: range.lowerBound, count: range.count)
            case .memory(let part):
                bytes += part
            }
        }
        return bytes
    }

    /// A client that pulls an image reads its manifest, and the manifest is understood.
    func learn(_ manifest: Content, names: [Content]) async throws {
        #expect(try await read(manifest) == manifest.bytes)
        await agent.learn(names.map { ($0.digest, UInt64($0.bytes.count)) }, from: manifest.digest)
    }

    /// Waits until the agent has the blob whole.
    func holds(_ content: Content) async throws {
        try await eventually("\(content.digest.short) is held") { await agent.heldSize(of: content.digest) == UInt64(content.bytes.count) }
    }
}

/// Asks again and again until it is so. The suite's time limit bounds it; every round waits for a turn of the executor, no clock.
func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
    while try await !condition() {
        guard !Task.isCancelled else { throw TestFailure("never happened: \(what)") }
        await Task.yield()
    }
}

/// Agents, perhaps with a tracker, and folders for their stores: made and ended around a test's body.
actor Cluster {
    nonisolated let folder: String
    private let origin: TestOrigin
    private let trackerLoop: UVLoop?
    private(set) var tracker: TestTracker?
    private(set) var trackerAddress: String?
    private var running: [TestAgent] = []
    private var folders = 0

    private init(origin: TestOrigin, hasTracker: Bool) throws {
        folder = NSTemporaryDirectory() + "shoal-peer-network-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.origin = origin
        trackerLoop = hasTracker ? try UVLoop(name: "tracker") : nil
    }

    /// Runs `body`, and then ends whatever it started and checks that nothing is left.
    static func with(
        _ origin: TestOrigin, hasTracker: Bool = true, _ body: @Sendable (Cluster) async throws -> Void
    ) async throws {
        let cluster = try Cluster(origin: origin, hasTracker: hasTracker)
        let outcome: Result<Void, any Error>
        do {
            try await cluster.startTracker()
            outcome = .success(try await body(cluster))
        } catch {
            outcome = .failure(error)
        }
        try await cluster.end()
        try outcome.get()
    }

    /// An agent in a folder of its own, connected to the tracker if there is one.
    func agent(quota: UInt64? = nil, adjust: @Sendable (inout AgentSettings) -> Void = { _ in }) async throws -> TestAgent {
        folders += 1
        return try await agent(in: "\(folder)/\(folders)", quota: quota, adjust: adjust)
    }

    /// An agent in a folder that an earlier one may have used, told of another tracker perhaps.
    func agent(
        in directory: String, tracker other: String? = nil, quota: UInt64? = nil, adjust: @Sendable (inout AgentSettings) -> Void = { _ in }
    ) async throws -> TestAgent {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let agent = try await TestAgent(
            directory: directory, origin: origin, tracker: other ?? trackerAddress, quota: quota, adjust: adjust)
        running.append(agent)
        if let tracker {
            let count = running.count
            try await eventually("\(count) agents are connected to the tracker") { await tracker.nodeCount == count }
        }
        return agent
    }

    func agents(_ count: Int) async throws -> [TestAgent] {
        var agents: [TestAgent] = []
        for _ in 0..<count { agents.append(try await agent()) }
        return agents
    }

    /// Ends an agent before the test's end.
    func stop(_ agent: TestAgent) async throws {
        running.removeAll { $0.agent === agent.agent }
        try await agent.stop()
    }

    private func startTracker() async throws {
        guard let trackerLoop else { return }
        let tracker = TestTracker(loop: trackerLoop)
        self.tracker = tracker
        trackerAddress = try await tracker.start()
    }

    private func end() async throws {
        for agent in running { try await agent.stop() }
        running = []
        await tracker?.stop()
        try await trackerLoop?.shutdown()
        try FileManager.default.removeItem(atPath: folder)
    }
}
