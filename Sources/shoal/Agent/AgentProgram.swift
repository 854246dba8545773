import BlobStore
import Cryptography
import FoundationEssentials
import Logging
import Operations
import PeerNetwork
import Registry
import ServiceLifecycle
import Swarm
import UVLoop

/// Wires an agent: store, swarm, origin client, mirror and operators' server.
struct AgentProgram {
    /// Pool threads: two hash and write while two wait for the disk or a socket.
    private static let poolThreads = 4

    let settings: AgentCommand

    func run() async throws {
        let logger = Logger(label: "agent")
        // First, so that what is wrong with the settings is said before anything is opened.
        let accessLog = try AccessLog(settings.accessLog, logger: logger)
        let tls = try mirrorTLS()
        let origin = try originClient(logger)
        defer { accessLog.flush() }
        do {
            try await serve(origin, tls, accessLog, logger)
            await origin.shutdown()
        } catch {
            await origin.shutdown()
            throw error
        }
    }

    private func serve(_ origin: OriginClient, _ tls: MirrorTLS?, _ accessLog: AccessLog, _ logger: Logger) async throws {
        Heap.returnLargeBuffers()
        UVLoop.setPoolThreads(Self.poolThreads)
        let loop = try UVLoop(name: "swarm")
        let store = try BlobStore(directory: settings.data, configuration: storeConfiguration)
        logRecovery(store, logger)
        let metrics = AgentMetrics(logger: logger)
        let swarm = SwarmAgent(
            loop: loop, store: store, settings: swarmSettings, origin: SwarmOrigin(client: origin), observer: metrics, logger: logger)
        let peerAddress = try HostPort(parsing: try await swarm.start())
        logger.listening(socket: "peer", address: peerAddress)
        metrics.collect(swarm: swarm, store: store)
        let described = DescribedAgent(settings: settings, peer: peerAddress, store: store, origin: origin)
        metrics.collect(origin: origin)
        try await ServiceRunner.run(
            [
                NamedService("swarm", SwarmService(swarm: swarm)),
                NamedService("pauses", PauseService(swarm: swarm, origin: origin)),
                NamedService("admin", adminServer(swarm, described, metrics, logger)),
                NamedService("mirror", mirror(swarm, described, metrics, tls, accessLog, logger)),
            ], logger: logger)
    }

    private func mirrorTLS() throws -> MirrorTLS? {
        guard let certificate = settings.mirrorCertificate, let key = settings.mirrorKey else { return nil }
        return try MirrorTLS(certificate: certificate, key: key)
    }

    private func originClient(_ logger: Logger) throws -> OriginClient {
        let environment = ProcessInfo.processInfo.environment
        var configuration = OriginClient.Configuration()
        configuration.isOffline = settings.offline
        return try OriginClient(
            directory: settings.registries.directory(), configuration: configuration,
            credentials: Credentials(settings.registries.credentials(environment: environment), logger: logger),
            proxies: ProxySettings(environment: environment), logger: logger, sha256: Self.sha256)
    }

    private var storeConfiguration: BlobStore.Configuration {
        var configuration = BlobStore.Configuration()
        configuration.quotaBytes = settings.quota?.bytes
        configuration.freeSpaceFloorBytes = settings.minFree.bytes
        return configuration
    }

    private var swarmSettings: AgentSettings {
        var swarm = AgentSettings(
            trackers: settings.tracker.map(\.description), listen: settings.peer.description,
            advertise: settings.advertise?.description, zone: settings.zone)
        swarm.uploadBytesPerSecond = settings.uploadLimit?.bytes
        swarm.downloadBytesPerSecond = settings.downloadLimit?.bytes
        swarm.originBytesPerSecond = settings.originLimit?.bytes
        swarm.prefetchLimit = settings.prefetch
        swarm.transfer.asksOrigin = !settings.offline
        return swarm
    }

    private func mirror(
        _ swarm: SwarmAgent, _ described: DescribedAgent, _ metrics: AgentMetrics, _ tls: MirrorTLS?, _ accessLog: AccessLog,
        _ logger: Logger
    ) -> Mirror {
        let store = described.store
        var configuration = Mirror.Configuration()
        configuration.host = settings.mirror.host
        configuration.port = Int(settings.mirror.port)
        configuration.tls = tls
        // Offline, what was known last is all that there is to know.
        let stale = settings.offline ? AgentCommand.longestTime : settings.tagStale
        configuration.tags.timeToLive = .seconds(settings.offline ? stale : settings.tagTtl)
        configuration.tags.staleIfError = .seconds(stale)
        configuration.proofs.timeToLive = .seconds(settings.proofTtl)
        configuration.proofs.staleIfError = .seconds(stale)
        let source = SwarmContentSource(swarm: swarm, tags: TagMemory(store: store), files: HeldFiles(store: store), logger: logger)
        return Mirror(
            configuration: configuration, source: source, origin: described.origin, observer: metrics, accessLog: accessLog.write,
            logger: logger
        ) { host, port in
            let address = HostPort(host: host, port: UInt16(port))
            described.mirrorListens(at: address)
            logger.listening(socket: "mirror", address: address)
        }
    }

    private func adminServer(_ swarm: SwarmAgent, _ described: DescribedAgent, _ metrics: AgentMetrics, _ logger: Logger) -> OperatorServer
    {
        let hasTrackers = !settings.tracker.isEmpty
        return OperatorServer(
            option: "admin", address: settings.admin, metrics: metrics.registry, logger: logger,
            readiness: {
                // An agent without its tracker still serves: that is a note, not a reason to take it out of service.
                let isConnected = await swarm.isTrackerConnected
                return Readiness(ready: true, reasons: hasTrackers && !isConnected ? ["no tracker is connected; serving without"] : [])
            },
            routes: { AgentRoutes(swarm: swarm, agent: described).add(to: $0) })
    }

    private func logRecovery(_ store: BlobStore, _ logger: Logger) {
        let recovery = store.recovery
        logger.info(
            "store opened",
            metadata: [
                "directory": "\(settings.data)", "node": "\(store.nodeID)", "blobs": "\(store.heldCount)", "bytes": "\(store.heldBytes)",
            ])
        guard recovery.adopted + recovery.lost + recovery.removedFiles > 0 else { return }
        logger.notice(
            "store recovered",
            metadata: ["adopted": "\(recovery.adopted)", "lost": "\(recovery.lost)", "removed_files": "\(recovery.removedFiles)"])
    }

    private static let sha256: @Sendable ([UInt8]) -> Digest = { bytes in
        guard let digest = Digest(.sha256, bytes: StreamingHash.digest(.sha256, of: bytes)) else {
            preconditionFailure("SHA-256 makes 32 bytes")
        }
        return digest
    }
}

/// The swarm runs from before the services start; this ends it when they end.
private struct SwarmService: Service {
    let swarm: SwarmAgent

    func run() async throws {
        try? await gracefulShutdown()
        await swarm.stop()
    }
}

/// Tells the other agents, through the tracker, which registries ask to be left alone.
private struct PauseService: Service {
    let swarm: SwarmAgent
    let origin: OriginClient

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for await pause in origin.pauses { await swarm.tellPause(of: pause.server, pause.duration) }
        }
    }
}
