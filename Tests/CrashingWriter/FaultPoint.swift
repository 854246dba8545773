import BlobStore
import Glibc
import Synchronization

/// Where the process kills itself: at the so-manieth time that it comes to a step.
final class FaultPoint: Sendable {
    private let step: StoreStep
    private let count: Int
    private let seen = Atomic(0)

    /// Parses `step:count`.
    init?(_ text: String) {
        let parts = text.split(separator: ":")
        guard parts.count == 2, let step = StoreStep(rawValue: String(parts[0])), let count = Int(parts[1]) else { return nil }
        self.step = step
        self.count = count
    }

    func passed(_ step: StoreStep) {
        guard step == self.step, seen.add(1, ordering: .relaxed).newValue == count else { return }
        kill(getpid(), SIGKILL)
    }
}
