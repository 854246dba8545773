/// How far a download has come, as one line of text. Pure: the time is an input.
///
///     app:1.2  [=========>          ]  45%  135 MiB / 300 MiB  120 MB/s  ETA 1s
struct ProgressLine {
    /// What is being downloaded.
    let title: String
    /// Bytes in all; `nil` while not known.
    var totalBytes: UInt64?
    /// Bytes so far.
    var doneBytes: UInt64 = 0
    private var samples: [(at: Duration, bytes: UInt64)] = []

    /// How far back the rate looks: long enough to be steady, short enough to show a stall.
    private static let window = Duration.seconds(5)
    private static let limitSamples = 64

    init(title: String, totalBytes: UInt64?) {
        self.title = title
        self.totalBytes = totalBytes
    }

    /// Notes the bytes so far.
    /// - Parameter now: time since the download began.
    mutating func update(doneBytes: UInt64, now: Duration) {
        self.doneBytes = doneBytes
        // Closely spaced updates replace the newest, so that the window fits the bound.
        if samples.count > 1, now - samples[samples.count - 2].at < Self.window / Self.limitSamples { samples.removeLast() }
        samples.append((now, doneBytes))
        while samples.count > 2, now - samples[1].at > Self.window { samples.removeFirst() }
        if samples.count > Self.limitSamples { samples.removeFirst() }
    }

    /// Bytes a second over the last few seconds.
    var bytesPerSecond: Double {
        guard let first = samples.first, let last = samples.last, last.at > first.at, last.bytes > first.bytes else { return 0 }
        return Double(last.bytes - first.bytes) / ((last.at - first.at) / .seconds(1))
    }

    /// The time that is left at that rate; `nil` if it cannot be told.
    var remaining: Duration? {
        guard let totalBytes, totalBytes > doneBytes, bytesPerSecond > 0 else { return nil }
        let seconds = Double(totalBytes - doneBytes) / bytesPerSecond
        return seconds < 1_000_000 ? .seconds(seconds) : nil
    }

    /// The line for a terminal of so many columns; parts are left out from the bar on when it is narrow.
    func text(columns: Int) -> String {
        var facts: [String] = []
        if let totalBytes {
            let percent = totalBytes == 0 ? 100 : Int(min(1, Double(doneBytes) / Double(totalBytes)) * 100)
            facts.append("\(percent < 10 ? "  " : percent < 100 ? " " : "")\(percent)%")
            facts.append("\(ByteCount.size(doneBytes)) / \(ByteCount.size(totalBytes))")
        } else {
            facts.append(ByteCount.size(doneBytes))
        }
        facts.append(ByteCount.rate(bytesPerSecond: bytesPerSecond))
        if let remaining { facts.append("ETA \(DurationText.of(remaining))") }
        let tail = facts.joined(separator: "  ")
        let room = columns - title.count - tail.count - 6
        let bar = totalBytes == nil || room < 10 ? "" : "[\(bar(width: min(room, 40)))]  "
        return String("\(title)  \(bar)\(tail)".prefix(max(1, columns)))
    }

    private func bar(width: Int) -> String {
        let fraction = totalBytes.map { $0 == 0 ? 1 : min(1, Double(doneBytes) / Double($0)) } ?? 0
        let filled = Int(Double(width) * fraction)
        let head = filled < width ? ">" : ""
        return String(repeating: "=", count: filled) + head + String(repeating: " ", count: max(0, width - filled - head.count))
    }
}
