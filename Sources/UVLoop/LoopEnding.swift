import CLibUV
import Glibc

/// How far a loop's end has come, and who waits for it.
final class LoopEnding: @unchecked Sendable {  // `lock` guards the waiters; thread and status are written before anyone else can read
    typealias Waiter = CheckedContinuation<Int32, Never>

    /// Set once by the loop's initialiser.
    var thread = pthread_t()
    /// What `uv_loop_close` returned. Written by the loop's thread, read after joining it.
    var closeStatus: Int32 = 0

    private enum State {
        case running
        case ending([Waiter])
        case ended(Int32)
    }

    private let lock = Lock()
    private var state = State.running

    /// Registers a waiter for the end.
    ///
    /// - Returns: whether the caller is the first, and so has to bring the end about.
    func wait(_ waiter: Waiter) -> Bool {
        let (isFirst, outcome): (Bool, Int32?) = lock.withLock {
            switch state {
            case .running:
                state = .ending([waiter])
                return (true, nil)
            case .ending(let waiters):
                state = .ending(waiters + [waiter])
                return (false, nil)
            case .ended(let outcome):
                return (false, outcome)
            }
        }
        if let outcome { waiter.resume(returning: outcome) }
        return isFirst
    }

    /// Waits for the loop's thread, then lets everybody go on. Not on the loop's thread.
    func join() {
        pthread_join(thread, nil)
        end(closeStatus)
    }

    /// Lets everybody go on without having joined the thread, for want of a thread to do that on.
    func abandon() {
        pthread_detach(thread)
        end(UV_EAGAIN.rawValue)
    }

    private func end(_ outcome: Int32) {
        let waiters = lock.withLock {
            guard case .ending(let waiters) = state else { return [Waiter]() }
            state = .ended(outcome)
            return waiters
        }
        for waiter in waiters { waiter.resume(returning: outcome) }
    }
}
