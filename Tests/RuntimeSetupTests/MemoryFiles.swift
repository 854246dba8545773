import RuntimeSetup

/// Files in memory.
struct MemoryFiles: ConfigurationFiles {
    var texts: [String: String] = [:]

    func text(at path: String) throws(SetupError) -> String? { texts[path] }

    func names(in folder: String) throws(SetupError) -> [String] {
        let inside = texts.keys.filter { $0.hasPrefix("\(folder)/") }
        return Set(inside.compactMap { $0.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init) }).sorted()
    }

    /// The files as the plan leaves them.
    func after(_ plan: SetupPlan) -> MemoryFiles {
        var changed = self
        for change in plan.changes { changed.texts[change.path] = change.after }
        return changed
    }
}
