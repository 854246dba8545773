import FoundationEssentials
import Glibc

/// What standard error can show.
struct TerminalInfo: Sendable {
    /// Whether a person's terminal is there, one that can redraw a line.
    let isInteractive: Bool
    /// Whether colours are wanted: an interactive terminal and no `NO_COLOR` (no-color.org).
    let allowsColor: Bool

    /// Looks at standard error and the environment.
    static func standardError(environment: [String: String] = ProcessInfo.processInfo.environment) -> TerminalInfo {
        let isInteractive = isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        return TerminalInfo(isInteractive: isInteractive, allowsColor: isInteractive && (environment["NO_COLOR"] ?? "").isEmpty)
    }

    /// The terminal's width now; 80 where it cannot be told.
    static var columns: Int {
        // `struct winsize`: rows, columns, and two unused sizes in pixels.
        var size: [UInt16] = [0, 0, 0, 0]
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size[1] > 0 else { return 80 }
        return Int(size[1])
    }
}
