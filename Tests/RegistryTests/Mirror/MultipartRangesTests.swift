import NIOConcurrencyHelpers
import Registry
import Swarm
import Testing

/// Several ranges in one answer, of held and of streamed blobs, over real sockets.
@Suite struct MultipartRangesTests {
    private static let size = HeldBlobTests.large
    private static let bytes = HeldBlobTests.pattern(size)

    /// What is asked for, and what must come of it: nil for the whole blob.
    private static let cases: [(String, [Range<Int>]?)] = [
        ("bytes=0-1,5-6", [0..<2, 5..<7]),
        ("bytes=5-6, 0-1", [5..<7, 0..<2]),
        ("bytes=100-2000099,2100000-2100000,-5", [100..<2_000_100, 2_100_000..<2_100_001, (size - 5)..<size]),
        ("bytes=0-69999,70000-200000,9999999-,200001-", [0..<70_000, 70_000..<200_001, 200_001..<size]),
        // Two may overlap, which happens; more only want more than there is.
        ("bytes=0-9,5-14,10-19", [0..<10, 5..<15, 10..<20]),
        ("bytes=0-,0-,0-,0-", nil),
    ]

    private static func many(_ count: Int) -> (String, [Range<Int>]) {
        let parts = (0..<count).map { ($0 * 1000)..<($0 * 1000 + 10) }
        return ("bytes=" + parts.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ","), parts)
    }

    @Test(arguments: [true, false])
    func givesPartsInTheOrderAskedFor(isHeld: Bool) async throws {
        let (source, file) = try HeldBlobTests.source(holding: Self.bytes)
        if !isHeld { source.files.withLockedValue { $0 = [:] } }
        await source.put(.init(bytes: Self.bytes, file: file, isHeld: isHeld), as: HeldBlobTests.digest)
        try await Rig.mirror(source) { port, _ in
            for (header, parts) in Self.cases + [Self.many(1024)] {
                let answer = try await RawClient.get(HeldBlobTests.target, port: port, fields: ["Range: \(header)"])
                guard let parts else {
                    #expect(answer.status == 200)
                    #expect(answer.body == Self.bytes)
                    continue
                }
                #expect(answer.status == 206, "\(header)")
                let type = answer["content-type"] ?? ""
                let boundary = String(type.dropFirst("multipart/byteranges; boundary=".count))
                #expect(type.hasPrefix("multipart/byteranges; boundary=") && !boundary.isEmpty)
                #expect(answer["content-range"] == nil)
                var expected: [UInt8] = []
                for (number, part) in parts.enumerated() {
                    let range = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(Self.size)"
                    expected += Array(
                        "\(number > 0 ? "\r\n" : "")--\(boundary)\r\nContent-Type: application/octet-stream\r\nContent-Range: \(range)\r\n\r\n"
                            .utf8)
                    expected += Self.bytes[part]
                }
                expected += Array("\r\n--\(boundary)--\r\n".utf8)
                #expect(answer["content-length"] == "\(expected.count)")
                #expect(answer.body == expected)
            }
            #expect(try await RawClient.get(HeldBlobTests.target, port: port, fields: ["Range: \(Self.many(1025).0)"]).status == 200)
            let none = try await RawClient.get(HeldBlobTests.target, port: port, fields: ["Range: bytes=9999999-,-0"])
            #expect(none.status == 416)
            let one = try await RawClient.get(HeldBlobTests.target, port: port, fields: ["Range: bytes=9999999-,3-4"])
            #expect(one["content-range"] == "bytes 3-4/\(Self.size)")
        }
    }
}
