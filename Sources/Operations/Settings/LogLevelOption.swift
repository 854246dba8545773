public import ArgumentParser
public import Logging

/// The values of `--log-level`, from the most to the least talkative; they are swift-log's levels.
public enum LogLevelOption: String, Sendable, CaseIterable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error, critical

    /// The level in swift-log's terms.
    public var level: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .notice: .notice
        case .warning: .warning
        case .error: .error
        case .critical: .critical
        }
    }
}
