import HeapModule
import Swarm

/// Which whole blob goes first when room is needed.
///
/// A heap that keeps what is out of date until it comes up: a use costs one insertion, a victim one removal, both logarithmic. Whoever
/// takes a candidate out must look whether it still is what it was.
struct EvictionOrder {
    /// What a blob is to the images that are held: lower ones go first.
    enum Rank: UInt8, Comparable {
        /// No manifest that is held names it.
        case loose
        /// A manifest that no other one names: its blobs become loose when it goes.
        case image

        static func < (left: Rank, right: Rank) -> Bool { left.rawValue < right.rawValue }
    }

    struct Candidate: Comparable {
        let rank: Rank
        let use: UInt64
        let digest: Digest

        static func < (left: Candidate, right: Candidate) -> Bool {
            (left.rank, left.use, left.digest) < (right.rank, right.use, right.digest)
        }
    }

    private var heap = Heap<Candidate>()

    /// Candidates, those that are out of date included.
    var count: Int { heap.count }

    mutating func add(_ candidate: Candidate) { heap.insert(candidate) }

    mutating func popFirst() -> Candidate? { heap.popMin() }

    mutating func replace(with candidates: [Candidate]) { heap = Heap(candidates) }
}
