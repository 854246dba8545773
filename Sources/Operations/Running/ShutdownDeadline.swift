import Dispatch
import Glibc
import Logging
import ServiceLifecycle
import Synchronization

/// Ends the process when its services do not stop in time.
///
/// It must be the last of its group, because the last is told of a graceful shutdown first. The clock runs on a Dispatch thread: a
/// service that blocks the cooperative pool cannot hold it up.
final class ShutdownDeadline: Service {
    private let logger: Logger
    private let limitSeconds: Double
    private let isDisarmed = Atomic<Bool>(false)

    init(limitSeconds: Double, logger: Logger) {
        self.limitSeconds = limitSeconds
        self.logger = logger
    }

    func run() async throws {
        do {
            try await gracefulShutdown()
            logger.info("shutting down")
            start(exitCode: 0)
        } catch {
            // Cancelled: another service failed, and the rest is being stopped the hard way.
            start(exitCode: 1)
        }
    }

    /// Lets the process live on; called when all services have stopped.
    func disarm() {
        isDisarmed.store(true, ordering: .releasing)
    }

    private func start(exitCode: CInt) {
        DispatchQueue.global().asyncAfter(deadline: .now() + limitSeconds) {
            guard !self.isDisarmed.load(ordering: .acquiring) else { return }
            self.logger.warning("services did not stop in time; leaving anyway", metadata: ["seconds": "\(self.limitSeconds)"])
            _exit(exitCode)
        }
    }
}
