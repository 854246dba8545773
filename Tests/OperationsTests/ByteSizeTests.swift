import Operations
import Testing

@Suite struct ByteSizeTests {
    @Test(
        arguments: [
            ("0", 0), ("1048576", 1_048_576), ("1b", 1), ("500M", 500_000_000), ("50G", 50_000_000_000), ("50gb", 50_000_000_000),
            ("20GiB", 20 << 30), ("20Gi", 20 << 30), ("1.5k", 1500), ("0.5MiB", 512 << 10), ("2T", 2_000_000_000_000), ("1PiB", 1 << 50),
            ("9223372036854775808", 1 << 63),
        ] as [(String, UInt64)])
    func reads(_ text: String, _ bytes: UInt64) {
        #expect(ByteSize(parsing: text)?.bytes == bytes)
    }

    @Test(arguments: [
        "", "G", "-1", "+1", "1 G", "1.", ".5G", "1.5", "1..5G", "1e9", "5X", "5GBs", "5iB", "0x10", "9223372036854775809", "10000P", "٣",
    ])
    func refuses(_ text: String) {
        #expect(ByteSize(parsing: text) == nil)
    }

    @Test(arguments: ["0", "1", "1023", "1500", "1K", "1KiB", "500M", "50G", "20GiB", "1025GiB", "7T"])
    func writesWhatItReads(_ text: String) {
        #expect(ByteSize(parsing: text).map { "\($0)" } == text)
    }
}
