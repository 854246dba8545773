import Swarm
import Testing

@Suite struct DigestTests {
    private static let hex256 = String(repeating: "0123456789abcdef", count: 4)
    private static let hex512 = String(repeating: "0123456789abcdef", count: 8)

    @Test(arguments: ["sha256:" + hex256, "sha512:" + hex512])
    func parsesAndPrints(text: String) throws {
        let digest = try Digest(parsing: text)
        #expect(digest.description == text)
        #expect(Digest(digest.algorithm, bytes: digest.bytes) == digest)
        #expect(text.hasSuffix(digest.hex))
        #expect(digest.short.count == 19)
    }

    @Test(
        arguments: [
            "", "sha256", "sha256:", ":" + hex256, "sha256:" + hex512, "sha512:" + hex256, "md5:" + hex256, "SHA256:" + hex256,
            "sha256:" + hex256.uppercased(), "sha256:" + hex256.dropLast(), "sha256:" + hex256.dropLast() + "g", "sha256 :" + hex256,
            "sha256:" + hex256 + " ", "sha256:é" + hex256.dropFirst(2), String(repeating: "x", count: 100_000),
        ] as [String])
    func refuses(text: String) {
        #expect(throws: DigestError.self) { try Digest(parsing: text) }
    }

    @Test func isOrderedByAlgorithmThenBytes() {
        func digest(_ algorithm: DigestAlgorithm, _ byte: UInt8) -> Digest {
            Digest(algorithm, bytes: [UInt8](repeating: byte, count: algorithm.byteCount))!
        }
        let ordered = [digest(.sha256, 0), digest(.sha256, 1), digest(.sha256, 255), digest(.sha512, 0), digest(.sha512, 9)]
        #expect(ordered.reversed().sorted() == ordered)
        #expect(Digest(.sha256, bytes: [1, 2]) == nil)
    }

    @Test(arguments: [([], ""), ([0], "00"), ([255, 1], "ff01"), ([0xab, 0xcd, 0xef], "abcdef")] as [([UInt8], String)])
    func hexBothWays(bytes: [UInt8], text: String) {
        #expect(Hex.encode(bytes) == text)
        #expect(Hex.decode(text) == bytes)
    }

    @Test(arguments: ["0", "0g", "AB", " 00", "0x00", "é"])
    func hexRefuses(text: String) { #expect(Hex.decode(text) == nil) }

    @Test func nodeIDsKeepTheirBytesAndOrder() {
        let bytes = (0..<16).map { UInt8($0 * 16 + 3) }
        let node = NodeID(bytes: bytes)
        #expect(node?.bytes == bytes)
        #expect(node?.description == Hex.encode(bytes))
        #expect(node?.short == Hex.encode(bytes.prefix(4)))
        #expect(NodeID(bytes: Array(bytes.dropLast())) == nil)
        #expect(NodeID(high: 1, low: 9) < NodeID(high: 2, low: 0) && NodeID(high: 1, low: 1) < NodeID(high: 1, low: 2))
    }
}
