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
        // What stands from one module to the next names what that one uses.
        let parts = package.text.filter { !$0.isWhitespace }.split(separator: "module(")
        var found: Set<String> = []
        for file in try tree.swiftFiles() {
            guard let module = ModuleMap.module(of: file.path), let uses = parts.first(where: { $0.hasPrefix("\"\(module.name)\"") }) else {
                continue
            }
            found.insert(module.name)
            for imported in file.code.compactMap(Rules.importedModule) where !ModuleMap.system.contains(imported) {
                #expect(
                    uses.contains("\"\(imported)\""),
                    "\(file.path) imports \(imported), which \(package.path) does not name for \(module.name)")
            }
        }
        #expect(found.isSuperset(of: ["Swarm", "BlobStore"]))
    }
}
