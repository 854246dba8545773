import Registry
import Testing

@Suite struct ByteRangeTests {
    /// The first nine are the distribution conformance suite's, on a blob of 2048 bytes.
    @Test(
        arguments: [
            ("bytes=500-1499", 2048, .part(500..<1500)),
            ("bytes=500-", 2048, .part(500..<2048)),
            ("bytes=-500", 2048, .part(1548..<2048)),
            ("bytes=2000-5000", 2048, .part(2000..<2048)),
            ("bytes=500-0", 2048, .unsatisfiable),
            ("bytes=5000-10000", 2048, .unsatisfiable),
            ("bytes=0-2047", 2048, .part(0..<2048)),
            ("bytes=2047-", 2048, .part(2047..<2048)),
            ("bytes=2048-", 2048, .unsatisfiable),
            ("bytes=-0", 2048, .unsatisfiable),
            ("bytes=-5000", 2048, .part(0..<2048)),
            ("bytes=0-0", 1, .part(0..<1)),
            ("bytes=0-", 0, .unsatisfiable),
            ("bytes=-1", 0, .unsatisfiable),
            ("bytes=0-99999999999999999999999", 2048, .part(0..<2048)),
            ("bytes=99999999999999999999999-", 2048, .unsatisfiable),
            ("BYTES= 1-2 ", 2048, .part(1..<3)),
            ("bytes=0-1,5-6", 2048, .parts([0..<2, 5..<7])), ("bytes=0-1,4000-", 2048, .part(0..<2)),
            ("bytes=,1-2,", 2048, .part(1..<3)),
        ] as [(String, UInt64, ByteRange.Selection)])
    func selects(header: String, size: UInt64, selection: ByteRange.Selection) throws {
        #expect(try #require(ByteRange(parsing: header)).selection(ofSize: size) == selection)
    }

    @Test(arguments: [
        "", "bytes", "bytes=", "bytes=,", "bytes=-", "bytes=a-b", "bytes=1", "bytes=+1-2", "bytes=1-2-3", "items=1-2", "bytes 1-2",
        "bytes=1 - 2",
        "bytes=0x1-2", "bytes=" + Array(repeating: "0-0", count: 1025).joined(separator: ","),
    ])
    func ignores(header: String) {
        #expect(ByteRange(parsing: header) == nil)
    }

    @Test func asksForClosedRanges() {
        #expect(ByteRange.header(for: 5..<10) == "bytes=5-9")
    }

    @Test(arguments: [
        ("bytes 0-0/2048", "bytes 0-0/2048"), ("Bytes 5-9/*", "bytes 5-9/*"), ("bytes */2048", "bytes */2048"),
        (" bytes  1-2/3 ", "bytes 1-2/3"),
    ])
    func readsContentRange(header: String, canonical: String) throws {
        #expect(try #require(ContentRange(parsing: header)).description == canonical)
    }

    @Test(arguments: [
        "", "bytes", "bytes 1-2", "bytes 2-1/3", "bytes 1-3/3", "bytes */*", "bytes -1/3", "items 1-2/3", "bytes 1-2/-3", "bytes 1-2/3/4",
        "bytes 0-18446744073709551615/*", "bytes 0-99999999999999999999/99999999999999999999",
    ])
    func refusesContentRange(header: String) {
        #expect(ContentRange(parsing: header) == nil)
    }
}
