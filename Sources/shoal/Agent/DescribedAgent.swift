import BlobStore
import NIOConcurrencyHelpers
import Operations
import Registry

/// What an agent can say of itself to whoever looks for what is wrong: its settings in force, and whether its registries answer.
final class DescribedAgent: Sendable {
    /// Registries that are asked at a time, and in all.
    private static let limit = 32

    let settings: AgentCommand
    let peer: HostPort
    let store: BlobStore
    let origin: OriginClient
    /// nil until it listens.
    private let mirror = NIOLockedValueBox<HostPort?>(nil)

    init(settings: AgentCommand, peer: HostPort, store: BlobStore, origin: OriginClient) {
        self.settings = settings
        self.peer = peer
        self.store = store
        self.origin = origin
    }

    func mirrorListens(at address: HostPort) { mirror.withLockedValue { $0 = address } }

    func document() -> SettingsDocument {
        SettingsDocument(
            node: "\(store.nodeID)", mirror: mirror.withLockedValue { $0 }?.description,
            mirrorSpeaksTLS: settings.mirrorCertificate != nil, peer: "\(peer)",
            advertise: settings.advertise?.description, trackers: settings.tracker.map(\.description), zone: settings.zone,
            registries: Dictionary(settings.registries.registry.map { ($0.name, $0.url) }) { first, _ in first },
            defaultRegistry: origin.directory.defaultRegistry, data: settings.data, quotaBytes: settings.quota?.bytes,
            minFreeBytes: settings.minFree.bytes, freeBytes: try? store.freeBytes())
    }

    /// Whether the registries that this agent was told of, the default one and those named (with commas between) answer it.
    func registries(named more: String?) async throws -> RegistriesDocument {
        let names = Set(settings.registries.registry.map { RegistryDirectory.canonicalName($0.name) })
            .union([origin.directory.defaultRegistry])
            .union((more ?? "").split(separator: ",").map { RegistryDirectory.canonicalName($0) }).sorted()
        for name in names where !RegistryDirectory.isName(name) {
            throw OperatorError.badRequest("\"\(name.prefix(255))\" is not a registry's name")
        }
        guard names.count <= Self.limit else { throw OperatorError.badRequest("no more than \(Self.limit) registries can be asked for") }
        let origin = origin
        return await withTaskGroup { group in
            for name in names { group.addTask { await Self.probe(name, origin) } }
            let answers = await group.reduce(into: []) { $0.append($1) }
            return RegistriesDocument(registries: answers.sorted { $0.name < $1.name })
        }
    }

    private static func probe(_ name: String, _ origin: OriginClient) async -> RegistriesDocument.Registry {
        let url = origin.directory.endpoints(of: name).map(\.description).joined(separator: ", ")
        do {
            return .init(name: name, url: url, state: .answers, reason: nil, clockAheadSeconds: try await origin.probe(name))
        } catch {
            let state: RegistriesDocument.State =
                switch error.reason {
                case .notFound, .hidden: .answers
                case .unauthorized(let challenge): challenge?.scheme == "basic" ? .wantsCredentials : .refusesTokens
                case .rateLimited: .limits
                case .unreachable, .timeout, .badAnswer, .status, .cancelled: .fails
                }
            return .init(name: name, url: url, state: state, reason: state == .answers ? nil : error.cause, clockAheadSeconds: nil)
        }
    }
}
