import ArgumentParser
import FoundationEssentials

/// Files that a person asked for.
enum OutputFile {
    static func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(filePath: path))
        } catch {
            throw ValidationError("\(path) cannot be written: does its folder exist, and is there room?")
        }
    }
}
