import Testing

@testable import Operations

@Suite struct OutputTests {
    @Test(arguments: [
        (0, "0 B"), (999, "999 B"), (1000, "1 KiB"), (1024, "1 KiB"), (1536, "1.5 KiB"), (10 << 20, "10 MiB"), (3 << 29, "1.5 GiB"),
        (1_048_575, "1 MiB"), (UInt64.max, "16 EiB"),
    ])
    func sizes(bytes: UInt64, text: String) {
        #expect(ByteCount.size(bytes) == text)
    }

    @Test(arguments: [
        (0, "0 B/s"), (950_000, "950 kB/s"), (999_600, "1 MB/s"), (120e6, "120 MB/s"), (1.25e9, "1.3 GB/s"), (-1, "0 B/s"),
        (Double.nan, "0 B/s"), (Double.infinity, "0 B/s"),
    ])
    func rates(bytesPerSecond: Double, text: String) {
        #expect(ByteCount.rate(bytesPerSecond: bytesPerSecond) == text)
    }

    @Test(arguments: [(0, "0s"), (59, "59s"), (125, "2m05s"), (11_220, "3h07m"), (187_200, "2d04h"), (-5, "0s")])
    func durations(seconds: Int, text: String) {
        #expect(DurationText.of(.seconds(seconds)) == text)
    }

    @Test func jsonIsSortedAndReadable() throws {
        #expect(try JSONText.encode(["b": "x/y", "a": "1"]) == #"{"a":"1","b":"x/y"}"#)
    }

    @Test func theLineShowsRateAndTimeLeft() {
        var line = ProgressLine(title: "app", totalBytes: 300 << 20)
        line.update(doneBytes: 0, now: .zero)
        line.update(doneBytes: 150 << 20, now: .seconds(1))
        #expect(line.text(columns: 80) == "app  [===============>              ]   50%  150 MiB / 300 MiB  157 MB/s  ETA 1s")
        #expect(line.text(columns: 50) == "app   50%  150 MiB / 300 MiB  157 MB/s  ETA 1s")
        #expect(line.text(columns: 10).count == 10)
    }

    @Test func theRateForgetsWhatIsLongAgo() {
        var line = ProgressLine(title: "app", totalBytes: nil)
        for second in 0...10 { line.update(doneBytes: 1_000_000, now: .seconds(second)) }
        #expect(line.bytesPerSecond == 0)
        #expect(line.remaining == nil)
        for step in 0...100_000 { line.update(doneBytes: 1_000_000 + UInt64(step) * 1000, now: .seconds(10) + .milliseconds(step)) }
        #expect(abs(line.bytesPerSecond - 1e6) < 1e5)
        #expect(line.text(columns: 80).hasPrefix("app  96 MiB  1 MB/s"))
    }

    @Test func withoutATerminalLinesArePlain() {
        final class Sink { var text = "" }
        let sink = Sink()
        let terminal = TerminalInfo(isInteractive: false, allowsColor: false)
        var bar = ProgressBar(title: "app", totalBytes: 1024, terminal: terminal) { sink.text += $0 }
        for step in 1...64 { bar.update(doneBytes: UInt64(step) * 16) }
        bar.finish()
        let lines = sink.text.split(separator: "\n")
        #expect(!sink.text.contains("\r") && !sink.text.contains("\u{1B}"))
        #expect(lines.last?.hasPrefix("app  1 KiB in ") == true)
        #expect(sink.text.hasSuffix("\n"))
    }

    @Test func onATerminalTheLineIsRedrawn() {
        final class Sink { var text = "" }
        let sink = Sink()
        var bar = ProgressBar(title: "app", totalBytes: 1024, terminal: TerminalInfo(isInteractive: true, allowsColor: true)) {
            sink.text += $0
        }
        bar.update(doneBytes: 512)
        bar.finish()
        #expect(sink.text.hasPrefix("\rapp  "))
        #expect(sink.text.filter { $0 == "\n" }.count == 1)
        #expect(sink.text.contains("\u{1B}[32m"))
    }

    @Test(arguments: [("NO_COLOR", "1"), ("NO_COLOR", "")])
    func colourNeedsATerminal(name: String, value: String) {
        #expect(TerminalInfo.standardError(environment: [name: value, "TERM": "dumb"]).allowsColor == false)
    }
}
