import Logging
import Operations
import Registry

/// Where a line for each request of a client goes.
struct AccessLog {
    private let lines: LineFile?

    /// - Parameter target: `off`, `stdout`, or a file.
    init(_ target: String, logger: Logger) throws(AccessLogError) {
        guard target != "off" else {
            lines = nil
            return
        }
        do {
            lines = try LineFile(path: target == "stdout" ? nil : target, logger: logger)
        } catch {
            throw AccessLogError(path: target, reason: error)
        }
    }

    /// nil when nobody wants to know.
    var write: (@Sendable (AccessEntry) -> Void)? {
        guard let lines else { return nil }
        return { lines.append($0.json) }
    }

    /// Returns when all lines are written.
    func flush() { lines?.flush() }
}

/// Why there can be no access log.
struct AccessLogError: Error, CustomStringConvertible {
    let path: String
    let reason: SystemError

    var description: String {
        "the access log \(path) cannot be opened: \(reason): give a file that can be written, stdout or off (--access-log)"
    }
}
