import LMDB
import Swarm

/// The digests that a manifest names, one key after the other: an algorithm tells how many bytes follow it.
struct NameList: TableValue {
    let digests: [Digest]

    init(_ digests: [Digest]) { self.digests = digests }

    func encode(into bytes: inout [UInt8]) {
        for digest in digests { DigestKey(digest).encode(into: &bytes) }
    }

    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        var rest = bytes[...]
        var digests: [Digest] = []
        while let first = rest.first {
            guard let algorithm = DigestAlgorithm(rawValue: first), rest.count > algorithm.byteCount else {
                throw MalformedRecord(expected: "an algorithm and a digest")
            }
            digests.append(try DigestKey(decoding: UnsafeRawBufferPointer(rebasing: rest.prefix(1 + algorithm.byteCount))).digest)
            rest = rest.dropFirst(1 + algorithm.byteCount)
        }
        self.digests = digests
    }
}
