import Testing

/// Each rule against small sources that break it, and against ones that only look like it.
@Suite struct RulesTests {
    private func rules(_ text: String, at path: String = "Sources/Swarm/A.swift") -> [String] {
        Rules.check(SourceFile(path: path, text: text)).map(\.description)
    }

    @Test(arguments: [
        ("import Foundation", "Sources/Swarm/A.swift", "Swarm may not import Foundation"),
        ("import Glibc", "Sources/Swarm/A.swift", "Swarm may not import Glibc"),
        ("import Synchronization", "Sources/Swarm/A.swift", "Swarm may not import Synchronization"),
        ("@testable public import struct UVLoop.UVLoop", "Sources/Registry/Mirror/A.swift", "Registry may not import UVLoop"),
        ("#if os(Linux)\n    import CLMDB\n#endif", "Sources/BlobStore/A.swift", "BlobStore may not import CLMDB"),
        ("import PeerNetwork", "Sources/Registry/A.swift", "Registry may not import PeerNetwork"),
        ("import Swarm", "Sources/Operations/A.swift", "Operations may not import Swarm"),
        ("import BlobStore", "tracker/Sources/A.swift", "shoal-tracker may not import BlobStore"),
        ("let a = 1", "Sources/NewModule/A.swift", "in no module of the module map"),
        ("let a = try! b()", "Sources/Swarm/A.swift", "no try!"),
        ("let a = try! b()", "Tests/SwarmTests/A.swift", "no try!"),
        ("if a { fatalError() }", "Sources/Swarm/A.swift", "no fatalError"),
        ("    print(a)", "Sources/Swarm/A.swift", "no print outside commands"),
        ("struct A: @unchecked Sendable {", "Sources/UVLoop/A.swift", "@unchecked Sendable needs its reason"),
        ("struct A: @unchecked Sendable {  //", "Sources/UVLoop/A.swift", "@unchecked Sendable needs its reason"),
        ("nonisolated(unsafe) var a = 1", "Tests/UVLoopTests/A.swift", "nonisolated(unsafe) needs its reason"),
        ("let a = 1  // TO" + "DO: more", "Sources/Swarm/A.swift", "no notes of unfinished work"),
        ("public struct A {}", "Sources/Swarm/A.swift", "public struct without a doc comment"),
        ("// not a doc comment\npublic final class A {}", "Sources/Swarm/A.swift", "public class without a doc comment"),
        ("/// A.\nextension A {\n    public mutating func b() {}\n}", "Sources/Swarm/A.swift", "public func without a doc comment"),
        ("/// A.\n\n@frozen public enum A {}", "Sources/Swarm/A.swift", "public enum without a doc comment"),
        ("extension A: B {}\nextension A {\n    public func c() {}\n}", "Sources/Swarm/A.swift", "public func without a doc comment"),
    ])
    func breaks(text: String, path: String, message: String) {
        let found = rules(text, at: path)
        #expect(found.count == 1)
        #expect(found.first?.contains(message) == true, "\(found)")
        #expect(found.first?.hasPrefix(path + ":") == true)
    }

    @Test(arguments: [
        ("import OrderedCollections", "Sources/Swarm/A.swift"),
        ("public import Swarm", "Sources/BlobStore/A.swift"),
        ("import Anything", "Tests/SwarmTests/A.swift"),
        ("// import Foundation", "Sources/Swarm/A.swift"),
        ("let important = 1", "Sources/Swarm/A.swift"),
        ("let a = \"try! print( fatalError( // TO" + "DO\"", "Sources/Swarm/A.swift"),
        ("let a = \"\"\"\n    try! \"quoted\" \\(b(\"x\"))\n    \"\"\"\nlet b = 1", "Sources/Swarm/A.swift"),
        ("let a = #\"a \" try! \"#", "Sources/Swarm/A.swift"),
        ("/* try! /* print( */ fatalError( */ let a = \"\"", "Sources/Swarm/A.swift"),
        ("a.print(b)\nfunc print(_ a: Int) {}\nsprint(a)", "Sources/Swarm/A.swift"),
        ("print(a)", "Sources/shoal/A.swift"),
        ("print(a)", "Tests/SwarmTests/A.swift"),
        ("struct A: @unchecked Sendable {  // the lock guards it", "Sources/UVLoop/A.swift"),
        ("/// A.\n@frozen\n@available(*, unavailable)\npublic struct A {}", "Sources/Swarm/A.swift"),
        ("extension A: B {\n    public func c() {}\n}", "Sources/Swarm/A.swift"),
        ("public import Swarm\nstruct A {}", "Sources/BlobStore/A.swift"),
        ("public static func < (a: A, b: A) -> Bool { true }", "Sources/Swarm/A.swift"),
        ("public static func == (a: A, b: A) -> Bool { true }", "Sources/Swarm/A.swift"),
    ])
    func keeps(text: String, path: String) {
        #expect(rules(text, at: path).isEmpty)
    }

    @Test func linesAreCountedFromOne() {
        #expect(rules("\n\nlet a = try! b()") == ["Sources/Swarm/A.swift:3: no try!; throw, or handle the error"])
        #expect(rules("let a = \"\"\"\n x\n \"\"\"\nlet a = try! b()").first?.hasPrefix("Sources/Swarm/A.swift:4:") == true)
    }

    @Test func longFilesAreFound() {
        #expect(rules(String(repeating: "let a = 1\n", count: 400)).isEmpty)
        #expect(rules(String(repeating: "let a = 1\n", count: 401)).first?.contains("no file over 400 lines") == true)
    }

    @Test(arguments: [
        ("see /wo" + "rk/main", 1), ("(/ro" + "ot/x)", 1), ("root:/root:/bin/sh", 0),
        ("a/work/b and /workspace and $X/home/y and ./root", 0), ("https://a/home", 0),
    ])
    func machinePaths(text: String, count: Int) {
        #expect(MachinePaths.check(path: "README.md", text: text).count == count)
    }
}
