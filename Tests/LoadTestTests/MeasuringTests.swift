import Testing

@testable import LoadTest

@Suite struct MeasuringTests {
    @Test func quantilesAreRightToThreeDigits() {
        var record = TimeRecord()
        for milliseconds in 1...1000 { record.add(.milliseconds(milliseconds)) }
        let summary = record.summary("request")
        #expect(summary.count == 1000)
        for (found, expected) in [(summary.p50, 500.0), (summary.p90, 900), (summary.p99, 990), (summary.p999, 999), (summary.max, 1000)] {
            #expect(abs(found - expected) <= expected / 1000)
        }
        #expect(abs(summary.mean - 500.5) < 1)
    }

    @Test func timesOutOfBoundsAreBounded() {
        var record = TimeRecord()
        record.add(nanoseconds: -5)
        record.add(.seconds(100_000))
        let summary = record.summary("request")
        #expect(summary.count == 2 && summary.p50 < 0.01 && summary.max == 3_600_000)
        #expect(TimeRecord().summary("none") == TimeSummary(name: "none"))
    }

    @Test func errorsAreCountedByKindWithTheFirstAsExample() {
        var tally = ErrorTally()
        for number in 0..<3 { tally.add("refused", example: "attempt \(number)") }
        tally.add("lost", count: 5, example: "why")
        tally.add("never", count: 0, example: "nothing")
        #expect(tally.summary.map(\.kind) == ["lost", "refused"])
        #expect(tally.summary.map(\.count) == [5, 3])
        #expect(tally.summary.last?.example == "attempt 0")
    }

    @Test func kindsOfErrorsAreBounded() {
        var tally = ErrorTally()
        for number in 0..<1000 { tally.add("kind \(number)", example: "\(number)") }
        #expect(tally.summary.count == ErrorTally.kindLimit + 1 && tally.total == 1000)
    }

    @Test func openFilesAreRaisedOrRefused() {
        #expect(OpenFileLimit.judge(sockets: 100, soft: 1024, hard: 4096) == .enough)
        #expect(OpenFileLimit.judge(sockets: 2000, soft: 1024, hard: 4096) == .raise(to: 2064))
        #expect(OpenFileLimit.judge(sockets: 5000, soft: 1024, hard: 4096) == .short(of: 5064, limit: 4096))
        #expect("\(LoadError.openFiles("--agents 5000", needed: 5064, limit: 4096))".contains("ulimit -n 5064"))
    }

    @Test func tablesHaveStraightColumns() {
        let times = [
            TimeSummary(name: "join", count: 12345, mean: 1.5, max: 100), TimeSummary(name: "a long name", count: 1), .init(name: "never"),
        ]
        let lines = LoadTable.text(times).split(separator: "\n")
        #expect(lines.count == 3 && Set(lines.map(\.count)).count == 1)
        #expect(lines[1].hasPrefix("join  "))
    }
}
