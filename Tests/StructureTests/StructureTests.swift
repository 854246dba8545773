import Testing

/// The rules of CONTRIBUTING that a machine can check, held against the whole tree.
@Suite struct StructureTests {
    @Test func everySourceKeepsTheRules() throws {
        let files = try SourceTree.here.swiftFiles()
        #expect(!files.isEmpty)
        for violation in files.flatMap(Rules.check) {
            Issue.record("\(violation)")
        }
    }

    @Test func noFileNamesAParticularMachine() throws {
        let texts = try SourceTree.here.texts { _ in true }
        for violation in texts.flatMap({ MachinePaths.check(path: $0.path, text: $0.text) }) {
            Issue.record("\(violation)")
        }
    }

    /// The benchmarks' package builds some of our modules by itself, and only when somebody measures: a library that one of these has come to import,
    /// and that it does not name, would be found then.
    @Test func theBenchmarksNameWhatTheirModulesImport() throws {
        let tree = SourceTree.here
        let package = try #require(try tree.texts { $0 == "Package.swift" }.first { $0.path.hasPrefix("Benchmarks/") })
        let words = package.text.filter { !$0.isWhitespace }
        let modules = ModuleMap.modules.filter { words.contains("module(\"\($0.name)\"") }
        #expect(modules.contains { $0.name == "Swarm" })
        for file in try tree.swiftFiles() {
            guard let module = ModuleMap.module(of: file.path), modules.contains(where: { $0.name == module.name }) else { continue }
            for imported in file.code.compactMap(Rules.importedModule) where !ModuleMap.system.contains(imported) {
                #expect(package.text.contains("\"\(imported)\""), "\(file.path) imports \(imported), which \(package.path) does not name")
            }
        }
    }
}
