import FoundationEssentials
public import Logging

/// A swift-log handler that writes one line a record, by default to standard error.
///
/// The stock `StreamLogHandler` puts metadata before the message and writes values as they are, so that a newline in a peer's
/// error text could forge a record.
public struct LineLogHandler: LogHandler {
    /// The least severe level that is written.
    public var logLevel: Logger.Level
    /// What every record of this logger carries.
    public var metadata: Logger.Metadata = [:]
    /// What is added from the task at hand.
    public var metadataProvider: Logger.MetadataProvider?

    private let write: @Sendable (String) -> Void

    /// Makes a handler.
    /// - Parameter write: takes whole lines with their newline, from any thread.
    public init(logLevel: Logger.Level = .info, write: @escaping @Sendable (String) -> Void = { StandardError.write($0) }) {
        self.logLevel = logLevel
        self.write = write
    }

    /// Writes a record. Metadata of the record wins over the task's, and that over the logger's.
    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { $1 } }
        if let own = event.metadata { all.merge(own) { $1 } }
        if let error = event.error, all["error"] == nil { all["error"] = .string(String(describing: error)) }
        write(LogLine.format(time: Date(), level: event.level, message: event.message.description, metadata: all))
    }

    /// One field of what every record carries.
    public subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
