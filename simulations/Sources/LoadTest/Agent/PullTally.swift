import Swarm
import Synchronization

/// What all clients measured so far. Shared by their tasks.
final class PullTally: Sendable {
    struct Times: Sendable {
        /// HEAD of the reference.
        var resolve = TimeRecord()
        /// GET of an index or manifest.
        var manifest = TimeRecord()
        /// From a blob's request to its first byte.
        var firstByte = TimeRecord()
        /// From a blob's request to its last byte.
        var blob = TimeRecord()
        /// From the HEAD to the last byte of the last blob.
        var pull = TimeRecord()
    }

    struct Figures: Sendable {
        var times = Times()
        var errors = ErrorTally()
        var pulls = 0
        /// Pulls that were under way when the time was over, and for how long the longest of them.
        var cutOff = 0
        var longestCutOff = Duration.zero
        /// Blobs and manifests.
        var hashed = 0
        var blobs = 0
    }

    private let figures = Mutex(Figures())
    private let received = Atomic<UInt64>(0)
    /// Blobs whose digest was found right, or is being computed.
    private let hashed = Mutex<Set<Digest>>([])

    var now: Figures { figures.withLock { $0 } }

    /// Bytes of bodies, of unfinished blobs too.
    var receivedBytes: UInt64 { received.load(ordering: .relaxed) }

    func add(bytes: Int) { received.wrappingAdd(UInt64(bytes), ordering: .relaxed) }

    func note(_ change: (inout sending Figures) -> Void) { figures.withLock { change(&$0) } }

    /// A pull did not come to its end.
    func add(_ failure: PullFailure, after took: Duration) {
        note {
            if case .cancelled = failure {
                $0.cutOff += 1
                $0.longestCutOff = max($0.longestCutOff, took)
            } else {
                $0.errors.add(failure.kind, example: failure.text)
            }
        }
    }

    /// Whether the digest of this blob is to be computed: of each pull, or of the first of each blob that comes whole.
    func takesHash(of digest: Digest, each: Bool) -> Bool {
        each || hashed.withLock { $0.insert(digest).inserted }
    }

    /// The blob did not come whole: the next one is hashed.
    func missedHash(of digest: Digest) { _ = hashed.withLock { $0.remove(digest) } }
}
