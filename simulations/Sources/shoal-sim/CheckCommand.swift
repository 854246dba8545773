import ArgumentParser
import Operations
import Simulation

/// `shoal-sim check`: whether the simulator is to be trusted.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the simulator against theory, others' published figures and itself.",
        discussion: """
            Takes some seconds. Exit code 1 says that something is not as it must be.

            Example:

              shoal-sim check
            """)

    func run() async throws {
        var failed = 0
        for gate in Gate.all {
            let verdict = gate.verdict()
            failed += verdict.holds ? 0 : 1
            StandardOutput.write("\(verdict.holds ? "ok    " : "FAILED")  \(gate.name): \(verdict.found), must be \(verdict.mustBe)\n")
        }
        guard failed == 0 else { throw ExitCode(1) }
    }
}
