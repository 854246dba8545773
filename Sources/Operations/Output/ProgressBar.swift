/// Shows a download's progress on standard error: one line that is redrawn on a terminal, a plain line every few seconds elsewhere.
///
/// Standard output stays free for the command's result. Not `Sendable`: the task that downloads owns it.
public struct ProgressBar {
    private let terminal: TerminalInfo
    private let write: (String) -> Void
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant
    private var line: ProgressLine
    private var shownAt: Duration?

    /// Redraws on a terminal no more often than this.
    private static let redrawInterval = Duration.milliseconds(100)
    /// Plain lines elsewhere are this far apart.
    private static let lineInterval = Duration.seconds(5)

    /// Begins at zero bytes; nothing is shown before the first `update`.
    /// - Parameters:
    ///   - title: what is downloaded, for example the image's reference.
    ///   - totalBytes: how much it is, `nil` while not known.
    public init(title: String, totalBytes: UInt64? = nil) {
        self.init(title: title, totalBytes: totalBytes, terminal: .standardError()) { StandardError.write($0) }
    }

    init(title: String, totalBytes: UInt64?, terminal: TerminalInfo, write: @escaping (String) -> Void) {
        line = ProgressLine(title: title, totalBytes: totalBytes)
        self.terminal = terminal
        self.write = write
        start = clock.now
    }

    /// Notes the bytes so far, and redraws if it is time. Cheap enough for every chunk.
    /// - Parameter totalBytes: how much it is, once known; `nil` changes nothing.
    public mutating func update(doneBytes: UInt64, totalBytes: UInt64? = nil) {
        let now = clock.now - start
        if let totalBytes { line.totalBytes = totalBytes }
        line.update(doneBytes: doneBytes, now: now)
        let interval = terminal.isInteractive ? Self.redrawInterval : Self.lineInterval
        guard shownAt.map({ now - $0 >= interval }) ?? true else { return }
        shownAt = now
        draw(line.text(columns: columns))
    }

    /// Replaces the bar by a last line with the total, the time and the mean rate.
    public mutating func finish() {
        let took = clock.now - start
        let rate = Double(line.doneBytes) / max(took / .seconds(1), 0.001)
        let mark = terminal.allowsColor ? "\u{1B}[32m✓\u{1B}[0m " : ""
        let size = ByteCount.size(line.doneBytes)
        draw("\(mark)\(line.title)  \(size) in \(DurationText.of(took))  \(ByteCount.rate(bytesPerSecond: rate))")
        if terminal.isInteractive { write("\n") }
    }

    /// Leaves the terminal at the start of a fresh line, so that an error can be printed.
    public mutating func abandon() {
        if terminal.isInteractive, shownAt != nil { write("\n") }
    }

    private var columns: Int { terminal.isInteractive ? TerminalInfo.columns : 200 }

    private func draw(_ text: String) {
        // Return, the text, then erase what a longer line left behind.
        write(terminal.isInteractive ? "\r\(text)\u{1B}[K" : "\(text)\n")
    }
}
