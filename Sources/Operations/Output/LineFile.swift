import Dispatch
import Glibc
public import Logging
import NIOConcurrencyHelpers

/// Lines for a file, or for standard output, that others rotate or read. Whoever has a line never waits for the disk: lines go out on a queue of
/// their own, and those that it cannot take are dropped and counted.
public final class LineFile: Sendable {
    private struct State {
        var pending: [UInt8] = []
        var isScheduled = false
        var dropped = 0
        // What follows is the queue's.
        var descriptor: CInt
        /// What the system called the file when it was opened.
        var name: [CChar]
        /// The last line was cut short when the disk was full.
        var isMidLine = false
        var lastLook = ContinuousClock.now
        var lastWarning: ContinuousClock.Instant?
    }

    /// Bytes of lines that wait to be written.
    static let limitBytes = 4 << 20
    /// A file that was renamed or removed is made anew after this time.
    private static let lookInterval = Duration.seconds(1)
    private static let warningInterval = Duration.seconds(60)

    private let path: String?
    private let logger: Logger
    private let queue = DispatchQueue(label: "lines")
    private let state: NIOLockedValueBox<State>

    /// - Parameter path: nil for standard output. Made if it is not there, else appended to.
    /// - Throws: what the system says.
    public init(path: String?, logger: Logger) throws(SystemError) {
        self.path = path
        self.logger = logger
        let descriptor = try path.map { path throws(SystemError) in try Self.open(path) } ?? STDOUT_FILENO
        state = NIOLockedValueBox(State(descriptor: descriptor, name: Self.name(of: descriptor)))
    }

    deinit {
        if path != nil { close(state.withLockedValue { $0.descriptor }) }
    }

    /// Adds a line, which is given without its end.
    public func append(_ line: String) {
        let mustSchedule = state.withLockedValue { state in
            guard state.pending.count + line.utf8.count < Self.limitBytes else {
                state.dropped += 1
                return false
            }
            state.pending += line.utf8
            state.pending.append(UInt8(ascii: "\n"))
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        // Lines that come meanwhile go out with it.
        if mustSchedule { queue.asyncAfter(deadline: .now() + .milliseconds(20)) { self.write() } }
    }

    /// Returns when all lines so far are written or dropped.
    public func flush() { queue.sync { write() } }

    private func write() {
        let (lines, dropped) = state.withLockedValue { state in
            defer { (state.pending, state.isScheduled, state.dropped) = ([], false, 0) }
            return (state.pending, state.dropped)
        }
        if dropped > 0 { warn("\(dropped) lines that came faster than they could be written") }
        guard !lines.isEmpty else { return }
        reopenIfMoved()
        let (descriptor, isMidLine) = state.withLockedValue { ($0.descriptor, $0.isMidLine) }
        var rest = (isMidLine ? [UInt8(ascii: "\n")] : [])[...] + lines[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                warn(SystemError.last.description)
                break
            }
            let last = rest[rest.startIndex + count - 1]
            state.withLockedValue { $0.isMidLine = last != UInt8(ascii: "\n") }
            rest = rest.dropFirst(count)
        }
    }

    /// Whoever rotates logs renames the file, and expects another.
    private func reopenIfMoved() {
        guard let path else { return }
        let now = ContinuousClock.now
        let (descriptor, name, last) = state.withLockedValue { ($0.descriptor, $0.name, $0.lastLook) }
        guard now - last >= Self.lookInterval else { return }
        state.withLockedValue { $0.lastLook = now }
        guard Self.name(of: descriptor) != name else { return }
        do throws(SystemError) {
            let fresh = try Self.open(path)
            state.withLockedValue { ($0.descriptor, $0.name, $0.isMidLine) = (fresh, Self.name(of: fresh), false) }
            close(descriptor)
        } catch {
            warn(error.description)
        }
    }

    private func warn(_ reason: String) {
        let now = ContinuousClock.now
        let isDue = state.withLockedValue { state in
            if let last = state.lastWarning, now - last < Self.warningInterval { return false }
            state.lastWarning = now
            return true
        }
        if isDue { logger.warning("lines are missing", metadata: ["file": "\(path ?? "standard output")", "reason": "\(reason)"]) }
    }

    /// Where the file is by now, as proc(5) has it: another name when it was renamed, one that says so when it was removed.
    private static func name(of descriptor: CInt) -> [CChar] {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/fd/\(descriptor)", &buffer, buffer.count)
        return Array(buffer.prefix(max(0, count)))
    }

    private static func open(_ path: String) throws(SystemError) -> CInt {
        let descriptor = Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
        guard descriptor >= 0 else { throw .last }
        return descriptor
    }
}
