public import ArgumentParser
import FoundationEssentials
import Glibc

/// Runs an executable's command with settings from flags, environment and file.
///
///     @main struct Shoal: AsyncParsableCommand {
///         static func main() async { await CommandLineTool.main(Shoal.self) }
///     }
///
/// Exit codes: 0 for success and help, 64 (`EX_USAGE`) for wrong flags or settings, 1 for a command that failed.
public enum CommandLineTool {
    /// Parses the process's command line, runs the command that it selects, and exits.
    public static func main(_ root: (some AsyncParsableCommand).Type) async -> Never {
        ignoreBrokenPipes()
        let words = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try parse(root, commandLine: words, environment: ProcessInfo.processInfo.environment)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            exit(0)
        } catch {
            finish(root, error)
        }
    }

    /// Parses a command line over the environment and the file that they name.
    /// - Parameter commandLine: the words after the program's name.
    /// - Throws: `CommandLineError`, or what swift-argument-parser throws for help and version requests.
    public static func parse<Root: ParsableCommand>(
        _ root: Root.Type, commandLine: [String], environment: [String: String]
    ) throws -> any ParsableCommand {
        let outline = try CommandOutline.of(root)
        let (path, command) = outline.selected(by: commandLine)
        let rest = Array(commandLine.dropFirst(path.count))
        guard !asksForHelp(rest), command.subcommands?.contains(where: { $0.commandName != "help" }) != true else {
            return try Root.parseAsRoot(commandLine)
        }
        let sources: SettingsSources
        do {
            sources = try SettingsSources(
                commandLine: rest, environment: environment, keys: command.keys, otherKeys: outline.allKeys)
        } catch {
            throw CommandLineError(message: "Error: \(error)")
        }
        do {
            return try Root.parseAsRoot(path + sources.arguments + rest)
        } catch  where Root.exitCode(for: error) != .success {
            throw CommandLineError(message: sources.annotate(Root.fullMessage(for: error)))
        }
    }

    /// A write to a connection or pipe whose reader is gone must be an error of that write, not the end of the process.
    public static func ignoreBrokenPipes() {
        signal(SIGPIPE, SIG_IGN)
    }

    private static func asksForHelp(_ words: [String]) -> Bool {
        words.prefix { $0 != "--" }.contains {
            ["-h", "--help", "-help", "--help-hidden", "--version"].contains($0) || $0.hasPrefix("--generate-completion-script")
                || $0.hasPrefix("--experimental-dump-help")
        }
    }

    private static func finish<Root: ParsableCommand>(_ root: Root.Type, _ error: any Error) -> Never {
        if let error = error as? CommandLineError {
            StandardError.write(error.message + "\n")
            exit(EX_USAGE)
        }
        let code = Root.exitCode(for: error)
        let message = Root.fullMessage(for: error)
        if code == .success {
            if !message.isEmpty { StandardOutput.write(message + "\n") }
        } else if !message.isEmpty {
            StandardError.write(message + "\n")
        }
        exit(code.rawValue)
    }
}
