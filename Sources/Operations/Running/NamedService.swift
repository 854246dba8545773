import Logging
public import ServiceLifecycle

/// A long-lived part of a process with the name that its failure is reported under.
public struct NamedService: Service {
    /// For people, for example `mirror`.
    public let name: String
    private let service: any Service

    /// Names a service.
    public init(_ name: String, _ service: any Service) {
        self.name = name
        self.service = service
    }

    /// Runs the service.
    /// - Throws: `ServiceFailure`, also when the service returns though nobody asked for shutdown.
    public func run() async throws {
        do {
            try await service.run()
        } catch is CancellationError where Task.isCancelled {
            return
        } catch {
            throw ServiceFailure(name: name, reason: String(describing: error))
        }
        guard Task.isShuttingDownGracefully || Task.isCancelled else {
            throw ServiceFailure(name: name, reason: "it stopped without being asked to")
        }
    }
}
