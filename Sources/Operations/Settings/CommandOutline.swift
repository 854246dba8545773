import ArgumentParser
import FoundationEssentials

/// A command's names, options and subcommands as swift-argument-parser itself describes them.
///
/// Taken from the parser's own dump (`--experimental-dump-help`), so that the keys of the environment and of the file cannot
/// drift from the flags. Only the fields used here are decoded.
struct CommandOutline: Decodable {
    struct Argument: Decodable {
        struct Name: Decodable {
            let kind: String
            let name: String
        }
        let kind: String
        let isRepeating: Bool
        let names: [Name]?

        var longName: String? { names?.first { $0.kind == "long" }?.name }
    }

    let commandName: String
    let aliases: [String]?
    let defaultSubcommand: String?
    let subcommands: [CommandOutline]?
    let arguments: [Argument]?

    /// Describes a command and all below it.
    static func of(_ command: any ParsableCommand.Type) throws(SettingsError) -> CommandOutline {
        struct Dump: Decodable { let command: CommandOutline }
        do {
            return try JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8)).command
        } catch {
            throw .unreadableOutline(command: command._commandName, reason: String(describing: error))
        }
    }

    /// The options that the environment and the file can set, in the order of declaration.
    var keys: [SettingKey] {
        let options = (arguments ?? []).filter { $0.kind != "positional" }
        let names = Set(options.compactMap(\.longName))
        return options.compactMap { option in
            guard let name = option.longName, name != "help", name != "version" else { return nil }
            guard option.kind == "flag" else { return SettingKey(name: name, kind: option.isRepeating ? .values : .value) }
            // The parser lists the negation of a flag as one of its own.
            if name.hasPrefix("no-"), names.contains(String(name.dropFirst(3))) { return nil }
            return SettingKey(name: name, kind: .flag(negation: names.contains("no-\(name)") ? "no-\(name)" : nil))
        }
    }

    /// The keys of this command and of all below it.
    var allKeys: [SettingKey] {
        keys + (subcommands ?? []).flatMap(\.allKeys)
    }

    /// Finds the subcommand that a command line selects.
    /// - Returns: the words that select it, and its outline; no words and this command itself when it has no subcommands.
    func selected(by commandLine: [String]) -> (path: [String], command: CommandOutline) {
        guard let word = commandLine.first,
            let next = subcommands?.first(where: { $0.commandName == word || ($0.aliases ?? []).contains(word) })
        else { return ([], self) }
        let deeper = next.selected(by: Array(commandLine.dropFirst()))
        return ([word] + deeper.path, deeper.command)
    }
}
