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
}
