import LMDB
import Swarm

/// One byte for the algorithm, then the digest's bytes: blobs of one algorithm lie together, in the order of their digests.
struct DigestKey: TableKey {
    let digest: Digest

    init(_ digest: Digest) { self.digest = digest }

    func encode(into bytes: inout [UInt8]) {
        bytes.append(digest.algorithm.rawValue)
        bytes += digest.bytes
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        guard let first = bytes.first, let algorithm = DigestAlgorithm(rawValue: first),
            let digest = Digest(algorithm, bytes: bytes.dropFirst())
        else { throw MalformedRecord(expected: "an algorithm and a digest") }
        self.digest = digest
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }
}

/// A digest and a number, most significant byte first: the pieces, or the states, of one blob lie together in order.
struct NumberedKey: TableKey {
    let digest: Digest
    let number: UInt32

    init(_ digest: Digest, _ number: Int) {
        self.digest = digest
        self.number = UInt32(number)
    }

    func encode(into bytes: inout [UInt8]) {
        DigestKey(digest).encode(into: &bytes)
        number.encode(into: &bytes)
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        guard bytes.count > 4 else { throw MalformedRecord(expected: "a digest and a number") }
        self.digest = try DigestKey(decoding: UnsafeRawBufferPointer(rebasing: bytes.dropLast(4))).digest
        self.number = try UInt32(decoding: UnsafeRawBufferPointer(rebasing: bytes.suffix(4)))
    }
}
