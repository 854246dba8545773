import ArgumentParser
import Glibc
import Operations
import UnixSignals

/// `shoal-sim load`: real sockets, at a tracker or an agent that runs.
struct LoadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Put load on a tracker or an agent that runs, and measure how soon it answers.",
        discussion: """
            Unlike the rest of shoal-sim this uses real sockets and the clock on the wall. Exit code 1 says that there were errors.

            Examples:

              shoal-sim load tracker --address 127.0.0.1:7600 \\
                --agents 1000 --joins-per-second 5000 --seconds 10
              shoal-sim load agent --mirror http://127.0.0.1:5000 \\
                --image docker.io/library/busybox:latest --clients 8 --seconds 10
            """,
        subcommands: [LoadTrackerCommand.self, LoadAgentCommand.self])

    /// Shows a line each second to a person at a terminal; others get the figures at the end only.
    static let progress: @Sendable (String) -> Void = { line in
        if isatty(STDERR_FILENO) == 1 { StandardError.write(line + "\n") }
    }

    /// Runs a measurement until it ends, or until Ctrl-C or SIGTERM end it early, with what was measured until then.
    static func untilInterrupted<Report: Sendable>(_ body: @escaping @Sendable () async throws -> Report) async throws -> Report {
        try await withThrowingTaskGroup(of: Report?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                for await _ in await UnixSignalsSequence(trapping: .sigint, .sigterm) { break }
                return nil
            }
            // The first to end ends the other.
            var report: Report?
            while report == nil, let ended = try await group.next() {
                report = ended
                group.cancelAll()
            }
            guard let report else { throw ExitCode(1) }
            return report
        }
    }

    /// Prints what was measured, and writes it as JSON if asked to.
    ///
    /// - Throws: exit code 1 when there were errors.
    static func show(_ report: some Encodable, text: String, hasErrors: Bool, json: String?) throws {
        StandardOutput.write(text)
        if let json { try OutputFile.write(JSONText.encode(report, pretty: true) + "\n", to: json) }
        if hasErrors { throw ExitCode(1) }
    }

    /// Refuses a number that is out of bounds.
    static func check(_ option: String, _ value: Int, upTo limit: Int) throws {
        guard (1...limit).contains(value) else { throw ValidationError("--\(option) must be from 1 to \(limit), not \(value)") }
    }
}
