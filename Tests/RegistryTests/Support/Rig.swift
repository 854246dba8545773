import Logging
import NIOPosix
import Registry
import ServiceLifecycle
import Swarm

/// Puts the parts together for one test.
enum Rig {
    /// The registry of requests that name none.
    static let registry = "registry.test"

    /// Says nothing but what no test should cause.
    static var silent: Logger {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }

    /// Time limits that no busy machine reaches: other tests keep all its threads for seconds.
    static var patient: OriginClient.Configuration {
        var configuration = OriginClient.Configuration()
        configuration.connectTimeout = .seconds(60)
        configuration.headTimeout = .seconds(60)
        configuration.bodyIdleTimeout = .seconds(60)
        return configuration
    }

    /// An origin client that finds registry `registry.test` at the scripted origin, which it is given.
    /// - Parameter shared: further registries of which everybody is given everything.
    static func client<Value: Sendable>(
        of origin: ScriptedOrigin, shared: [String] = [], credentials: Credentials = Credentials(),
        adjust: (inout OriginClient.Configuration) -> Void = { _ in }, _ body: (OriginClient) async throws -> Value
    ) async throws -> Value {
        var configuration = patient
        adjust(&configuration)
        var registries = try RegistrySettings.grouping([try RegistryEndpoint(parsing: "\(registry)=\(origin.url)")])
        for name in shared {
            if name != registry { registries.append(try RegistrySettings(name: name)) }
            registries[name == registry ? 0 : registries.count - 1].isShared = true
        }
        let directory = try RegistryDirectory(registries: registries, defaultRegistry: registry)
        let client = try OriginClient(
            directory: directory, configuration: configuration, credentials: credentials, logger: silent, sha256: SampleDigest.of)
        do {
            let value = try await body(client)
            await client.shutdown()
            return value
        } catch {
            await client.shutdown()
            throw error
        }
    }

    /// A mirror on a free port over a source and an origin.
    static func mirror<Value: Sendable>(
        _ source: MemorySource, observer: (any MirrorObserver)? = nil,
        origin script: @escaping @Sendable (RawMessage) -> [ScriptedOrigin.Step] = { _ in [.reset] },
        _ body: (_ port: Int, _ origin: ScriptedOrigin) async throws -> Value
    ) async throws -> Value {
        try await mirror(source, observer: observer, origin: script) { port, origin, _ in try await body(port, origin) }
    }

    /// A mirror whose configuration the test adjusts, and which it may shut down.
    /// - Parameter shared: registries of which everybody is given everything: what most tests are about has nothing to do with who asks.
    static func mirror<Value: Sendable>(
        _ source: MemorySource, shared: [String] = [registry, "docker.io", "ghcr.io"], observer: (any MirrorObserver)? = nil,
        adjust: (inout Mirror.Configuration) -> Void = { _ in },
        origin script: @escaping @Sendable (RawMessage) -> [ScriptedOrigin.Step] = { _ in [.reset] },
        _ body: (_ port: Int, _ origin: ScriptedOrigin, _ shutDown: @Sendable () async -> Void) async throws -> Value
    ) async throws -> Value {
        try await ScriptedOrigin.with(script) { origin in
            try await client(of: origin, shared: shared) { client in
                var configuration = Mirror.Configuration()
                configuration.port = 0
                adjust(&configuration)
                let (ports, found) = AsyncStream<Int>.makeStream()
                let mirror = Mirror(configuration: configuration, source: source, origin: client, observer: observer, logger: silent) {
                    _, port in
                    found.yield(port)
                }
                let group = ServiceGroup(configuration: .init(services: [mirror], logger: silent))
                let running = Task {
                    defer { found.finish() }
                    try await group.run()
                }
                var iterator = ports.makeAsyncIterator()
                guard let port = await iterator.next() else {
                    try await running.value
                    throw RawClientError.notAnAnswer(0)
                }
                do {
                    let value = try await body(port, origin) { await group.triggerGracefulShutdown() }
                    await group.triggerGracefulShutdown()
                    try await running.value
                    return value
                } catch {
                    running.cancel()
                    throw error
                }
            }
        }
    }
}
