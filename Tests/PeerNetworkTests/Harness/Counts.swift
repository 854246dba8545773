import Glibc
import Logging
import PeerNetwork

/// What an agent counted and logged, for tests to look at. A pthread lock, since ThreadSanitizer does not know Synchronization's.
final class Counts: AgentObserver, @unchecked Sendable {  // everything that changes is behind `lock`
    struct Bytes: Equatable {
        var origin = 0
        var received = 0
        var sent = 0
        var rejected = 0
        var duplicated = 0
        var evicted: UInt64 = 0
        var passedThrough = 0
        /// Blobs that were not stored.
        var refusals = 0
    }

    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private var total = Bytes()
    private var lines: [String] = []

    init() { pthread_mutex_init(lock, nil) }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    var bytes: Bytes { locked { total } }
    /// Messages and what they tell, one line each.
    var log: [String] { locked { lines } }

    func write(_ line: String) { locked { lines.append(line) } }
    func originReceived(bytes: Int) { locked { total.origin += bytes } }
    func peerReceived(bytes: Int) { locked { total.received += bytes } }
    func peerSent(bytes: Int) { locked { total.sent += bytes } }
    func rejected(bytes: Int) { locked { total.rejected += bytes } }
    func duplicated(bytes: Int) { locked { total.duplicated += bytes } }
    func evicted(blobs: Int, bytes: UInt64) { locked { total.evicted += bytes } }
    func storeRefused() { locked { total.refusals += 1 } }
    func passedThrough(bytes: Int) { locked { total.passedThrough += bytes } }

    /// A logger whose lines come here.
    func logger() -> Logger { Logger(label: "test") { _ in Lines(counts: self) } }

    private struct Lines: LogHandler {
        let counts: Counts
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let pairs = (event.metadata ?? [:]).map { "\($0.key)=\($0.value)" }.sorted()
            counts.write("\(event.level) \(event.message) \(pairs.joined(separator: " "))")
        }
    }
}
