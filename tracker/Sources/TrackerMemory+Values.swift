import LMDB
import Swarm

/// A node's address and zone: two texts behind their lengths.
struct NodeValue: TableValue {
    let address: String
    let zone: String

    init(address: String, zone: String) {
        self.address = address
        self.zone = zone
    }

    func encode(into bytes: inout [UInt8]) {
        for text in [address, zone] {
            bytes.append(UInt8(clamping: text.utf8.count))
            bytes += text.utf8.prefix(255)
        }
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        guard let first = bytes.first.map(Int.init), bytes.count > first + 1, bytes.count == first + 2 + Int(bytes[first + 1]) else {
            throw MalformedRecord(expected: "a node's address and zone")
        }
        address = String(decoding: bytes[1..<1 + first], as: UTF8.self)
        zone = String(decoding: bytes[(first + 2)...], as: UTF8.self)
    }
}

/// A swarm's size, lease holder and chain states: size (all ones: unknown), holder (zeros: none), packed states.
struct SwarmValue: TableValue {
    private let size: UInt64
    private let holder: [UInt8]
    private let states: [UInt8]

    init(_ record: SwarmRecord) {
        size = record.size ?? .max
        holder = record.leaseHolder?.bytes ?? [UInt8](repeating: 0, count: NodeID.byteCount)
        states = record.states.bytes
    }

    func encode(into bytes: inout [UInt8]) {
        size.encode(into: &bytes)
        bytes += holder
        bytes += states
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        guard bytes.count >= 8 + NodeID.byteCount else { throw MalformedRecord(expected: "a swarm's record") }
        size = try UInt64(decoding: UnsafeRawBufferPointer(rebasing: bytes[0..<8]))
        holder = Array(bytes[8..<8 + NodeID.byteCount])
        states = Array(bytes[(8 + NodeID.byteCount)...])
    }

    /// nil when the states do not fit the digest's algorithm.
    func record(_ digest: Digest) -> SwarmRecord? {
        guard let list = StateList(digest.algorithm, first: 1, bytes: states) else { return nil }
        let node = holder.allSatisfy { $0 == 0 } ? nil : NodeID(bytes: holder)
        return SwarmRecord(digest: digest, size: size == .max ? nil : size, states: list, leaseHolder: node)
    }
}
