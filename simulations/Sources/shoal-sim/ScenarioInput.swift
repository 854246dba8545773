import ArgumentParser
import FoundationEssentials
import Operations
import Simulation

/// Reading scenarios, and what came of earlier runs.
enum ScenarioInput {
    /// - Parameters:
    ///   - path: the scenario's file; a trace that it names is looked for beside it.
    ///   - changes: `key=value`.
    static func read(_ path: String, changes: [String], seed: UInt64? = nil) throws -> Scenario {
        let folder = URL(filePath: path).deletingLastPathComponent()
        var scenario = try Scenario(text: text(of: path), file: path, changes: changes) { name throws(ScenarioError) in
            do {
                return Array(try Data(contentsOf: name.hasPrefix("/") ? URL(filePath: name) : folder.appending(path: name)))
            } catch {
                throw ScenarioError(file: path, line: nil, problem: "the trace \(name) cannot be read: is it there, beside the scenario?")
            }
        }
        if let seed { scenario.seed = seed }
        return scenario
    }

    private static func text(of path: String) throws -> String {
        do {
            return try String(contentsOf: URL(filePath: path), encoding: .utf8)
        } catch {
            throw ValidationError("\(path) cannot be read: is it there, and a text? simulations/scenarios/ has some to begin with")
        }
    }

    /// What `run --json` wrote.
    static func outcome(_ path: String) throws -> Outcome {
        do {
            return try JSONDecoder().decode(Outcome.self, from: Data(contentsOf: URL(filePath: path)))
        } catch {
            throw ValidationError("\(path) is no result of shoal-sim run --json that this version reads")
        }
    }
}
