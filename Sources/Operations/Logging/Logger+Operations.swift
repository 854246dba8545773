public import Logging

extension Logger {
    /// Makes `LineLogHandler` the backend of every logger of the process. Call once, before the first logger is made.
    public static func bootstrapProcess(level: Logger.Level) {
        LoggingSystem.bootstrap { _ in LineLogHandler(logLevel: level) }
    }

    /// Tells which address a socket really has: the one line that operators and scripts wait for.
    /// - Parameter socket: what the socket is for: `mirror`, `peer`, `admin`, `tracker`, `http`.
    public func listening(socket: String, address: HostPort) {
        info("listening", metadata: ["socket": .string(socket), "address": .stringConvertible(address)])
    }
}
