import Logging
import ServiceLifecycle
import Testing

@testable import Operations

@Suite struct ServiceRunnerTests {
    private let logger = Logger(label: "test") { _ in LineLogHandler(logLevel: .critical) }

    private struct Full: Error, CustomStringConvertible {
        let description = "the disk is full"
    }

    private struct Waiting: Service {
        func run() async throws { try await gracefulShutdown() }
    }

    private struct Failing: Service {
        func run() async throws { throw Full() }
    }

    private struct Ending: Service {
        func run() async throws {}
    }

    @Test func aFailureStopsTheOthersAndNamesItself() async throws {
        await #expect(throws: ServiceFailure(name: "store", reason: "the disk is full")) {
            try await ServiceRunner.run([NamedService("mirror", Waiting()), NamedService("store", Failing())], logger: logger)
        }
    }

    @Test func aServiceThatJustEndsIsAFailure() async throws {
        await #expect(throws: ServiceFailure(name: "mirror", reason: "it stopped without being asked to")) {
            try await ServiceRunner.run([NamedService("mirror", Ending()), NamedService("store", Waiting())], logger: logger)
        }
    }
}
