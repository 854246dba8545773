import Foundation
import UVLoop

/// Counts how pieces of work ended. From any thread.
final class Outcomes: @unchecked Sendable {  // behind a pthread-based lock
    private let lock = NSLock()
    private var counts = (done: 0, cancelled: 0)

    var done: Int { lock.withLock { counts.done } }
    var cancelled: Int { lock.withLock { counts.cancelled } }

    func add(_ result: Result<Void, any Error>) {
        lock.withLock {
            switch result {
            case .success: counts.done += 1
            case .failure(let error): counts.cancelled += (error as? UVError)?.code == .canceled ? 1 : 0
            }
        }
    }
}
