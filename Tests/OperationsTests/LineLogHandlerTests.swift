import Foundation
import Logging
import NIOConcurrencyHelpers
import Testing

@testable import Operations

@Suite struct LineLogHandlerTests {
    private let lines = NIOLockedValueBox<[String]>([])

    private func logger(_ level: Logger.Level = .info) -> Logger {
        let lines = lines
        return Logger(label: "test") { _ in LineLogHandler(logLevel: level) { line in lines.withLockedValue { $0.append(line) } } }
    }

    /// What stands after the time.
    private var records: [String] {
        lines.withLockedValue { $0.map { String($0.drop { $0 != " " }.dropFirst()) } }
    }

    @Test func theListeningLine() throws {
        logger().listening(socket: "mirror", address: try HostPort(parsing: "127.0.0.1:5000"))
        #expect(records == ["info listening socket=mirror address=127.0.0.1:5000\n"])
    }

    @Test func aRecordIsOneLineWhateverItHolds() {
        var logger = logger(.debug)
        logger[metadataKey: "peer"] = "a b"
        logger.debug("two\nlines", metadata: ["path": "x=\"y\"\n\u{1B}[31m", "empty": "", "list": ["1", "2"], "map": ["k": "v"]])
        #expect(records == [#"debug two\nlines empty="" list=[1,2] map={k:v} path="x=\"y\"\n\u{1b}[31m" peer="a b""# + "\n"])
    }

    @Test func levelsBelowAreNotWritten() {
        logger(.warning).info("no")
        logger(.warning).warning("yes")
        #expect(records == ["warning yes\n"])
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (1_795_258_438.5, "2026-11-21T10:53:58.500Z"), (951_782_400.25, "2000-02-29T00:00:00.250Z"),
    ])
    func timesAreRFC3339(seconds: Double, text: String) {
        let line = LogLine.format(time: Date(timeIntervalSince1970: seconds), level: .info, message: "m", metadata: [:])
        #expect(line == "\(text) info m\n")
    }
}
