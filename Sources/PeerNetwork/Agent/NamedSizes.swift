import DequeModule
import Swarm

/// Blob sizes that verified manifests name: a bounded number, the oldest go first.
struct NamedSizes {
    static let limit = 65536

    private var sizes: [Digest: UInt64] = [:]
    private var order: Deque<Digest> = []

    subscript(digest: Digest) -> UInt64? { sizes[digest] }

    mutating func remember(_ digest: Digest, _ size: UInt64) {
        if sizes.updateValue(size, forKey: digest) == nil { order.append(digest) }
        if order.count > Self.limit { sizes[order.removeFirst()] = nil }
    }
}
