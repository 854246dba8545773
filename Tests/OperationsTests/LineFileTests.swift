import FoundationEssentials
import Logging
import NIOConcurrencyHelpers
import Operations
import Testing

/// Lines for files that others rotate, and that may refuse them.
@Suite struct LineFileTests {
    private let path = "/tmp/shoal-lines-\(UInt64.random(in: .min ... .max))"

    private func text(_ path: String) throws -> String { String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self) }

    @Test func appendsLinesInOrder() throws {
        defer { try? FileManager.default.removeItem(atPath: path) }
        for round in 0..<2 {
            let lines = try LineFile(path: path, logger: Logger(label: "test"))
            for number in 0..<100 { lines.append("\(round) \(number)") }
            lines.flush()
        }
        let expected = (0..<2).flatMap { round in (0..<100).map { "\(round) \($0)" } }
        #expect(try text(path).split(separator: "\n").map(String.init) == expected)
    }

    /// Lines that nothing takes are dropped, and nobody waits.
    @Test func dropsWhatTheDiskDoesNotTake() throws {
        let warnings = NIOLockedValueBox<[String]>([])
        let logger = Logger(label: "test") { _ in LineLogHandler { line in warnings.withLockedValue { $0.append(line) } } }
        let lines = try LineFile(path: "/dev/full", logger: logger)
        for _ in 0..<10 {
            lines.append(String(repeating: "x", count: 1 << 20))
            lines.flush()
        }
        #expect(warnings.withLockedValue { $0.count } == 1, "it is said once a minute")
        #expect(warnings.withLockedValue { $0[0].contains("/dev/full") && $0[0].contains("No space left on device") })
    }

    @Test(arguments: ["/nowhere/at/all", "/tmp"])
    func saysWhatCannotBeOpened(path: String) {
        #expect(throws: SystemError.self) { try LineFile(path: path, logger: Logger(label: "test")) }
    }
}
