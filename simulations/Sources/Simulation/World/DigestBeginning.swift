import Swarm

/// How a blob's digest begins: a random number, as long as nobody but the simulator makes them, and so its own hash.
struct DigestBeginning: Hashable {
    private let word: UInt64

    init(of digest: Digest) { word = digest.beginning }

    func _rawHashValue(seed: Int) -> Int { Int(truncatingIfNeeded: word) ^ seed }
}
