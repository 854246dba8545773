import NIOConcurrencyHelpers
import Registry

/// Counts what a mirror tells its observer.
final class Listener: MirrorObserver {
    private let state = NIOLockedValueBox((bytes: 0, firstBytes: 0, statuses: [Int]()))

    var bytes: Int { state.withLockedValue { $0.bytes } }
    var firstBytes: Int { state.withLockedValue { $0.firstBytes } }
    var statuses: [Int] { state.withLockedValue { $0.statuses } }

    func sent(bytes: Int) { state.withLockedValue { $0.bytes += bytes } }
    func firstByte(after latency: Duration) { state.withLockedValue { $0.firstBytes += 1 } }
    func answered(status: Int) { state.withLockedValue { $0.statuses.append(status) } }
}
