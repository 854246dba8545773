import Swarm

/// Bitfields and state lists, as they travel and as they are stored.
enum Target: FuzzTarget {
    static var seeds: [[UInt8]] {
        [
            [0, 0, 160] + Samples.pieces.bitfield, [0, 0, 1, 0x80], [0, 0, 0], [0, 0, 9, 0xff, 0x80],
            [1, 1, 1] + Array(repeating: 7, count: 96), [1, 2, 1] + Array(repeating: 7, count: 128), [1, 1, 0], [1, 1, 5],
        ]
    }

    static func run(_ bytes: [UInt8]) {
        guard bytes.count >= 3 else { return }
        let rest = bytes.dropFirst(3)
        if bytes[0] % 2 == 0 {
            bitfield(rest, pieceCount: Int(bytes[1]) << 8 | Int(bytes[2]))
        } else {
            states(Array(rest), DigestAlgorithm(rawValue: bytes[1]) ?? .sha256, first: Int(bytes[2]))
        }
    }

    private static func bitfield(_ bytes: ArraySlice<UInt8>, pieceCount: Int) {
        guard let set = PieceSet(bitfield: bytes, pieceCount: pieceCount) else { return }
        precondition(PieceSet(bitfield: set.bitfield, pieceCount: pieceCount) == set, "a bitfield reads back")
        precondition(set.bitfield == Array(bytes), "there is one way to write a set")
        let members = Array(set)
        precondition(members.count == set.count && members.allSatisfy { set.contains($0) && $0 < pieceCount }, "members are counted")
        precondition(set.isComplete == (set.firstMissing() == pieceCount), "complete means nothing is missing")
        precondition(set.firstMember() == members.first ?? pieceCount)
        var copy = set
        for piece in members { precondition(copy.remove(piece)) }
        precondition(copy.isEmpty && copy.firstMember() == pieceCount)
    }

    private static func states(_ bytes: [UInt8], _ algorithm: DigestAlgorithm, first: Int) {
        guard let list = StateList(algorithm, first: first, bytes: bytes) else { return }
        precondition(list.bytes == bytes && list.count * algorithm.byteCount == bytes.count && list.end == first + list.count)
        var rebuilt = StateList(algorithm, first: first)
        for index in list.first..<list.end {
            guard let state = list[index] else { preconditionFailure("every index of the list has its state") }
            rebuilt.append(state)
        }
        precondition(rebuilt == list && list[first - 1] == nil && list[list.end] == nil)
        let middle = first + list.count / 2
        let (head, tail) = (list.slice(0..<middle), list.slice(middle..<Int.max))
        precondition(head.bytes + tail.bytes == bytes && head.end == tail.first, "two slices make the whole")
        rebuilt.truncate(from: middle)
        precondition(rebuilt.bytes == head.bytes)
    }
}
