/// Builds one frame: big-endian fields behind a length word and a type.
struct ByteWriter {
    private(set) var bytes: [UInt8]

    init(type: UInt8, capacity: Int = 64) {
        bytes = []
        bytes.reserveCapacity(capacity + 5)
        bytes.append(contentsOf: [0, 0, 0, 0, type])
    }

    mutating func write<Value: FixedWidthInteger & UnsignedInteger>(_ value: Value) {
        var shift = Value.bitWidth - 8
        while shift >= 0 {
            bytes.append(UInt8(truncatingIfNeeded: value >> Value(shift)))
            shift -= 8
        }
    }

    mutating func write(raw: some Sequence<UInt8>) { bytes.append(contentsOf: raw) }

    /// A text of at most `WireLimits.text` bytes behind a length byte; a longer one is cut between characters.
    mutating func write(text: String) {
        var utf8 = text.utf8.prefix(WireLimits.text)
        // Not in the middle of a character, which the other side would refuse.
        while utf8.endIndex < text.utf8.endIndex, let last = utf8.last, text.utf8[utf8.endIndex] & 0xc0 == 0x80, last & 0x80 != 0 {
            utf8.removeLast()
        }
        write(UInt8(utf8.count))
        write(raw: utf8)
    }

    mutating func write(_ digest: Digest) {
        write(digest.algorithm.rawValue)
        write(raw: digest.bytes)
    }

    /// The finished frame. `following` bytes of payload that are sent apart (a file's) count in the length word.
    consuming func frame(following: Int = 0) -> [UInt8] {
        let length = bytes.count - 4 + following
        precondition(length <= WireLimits.framePayload, "our own frames stay within the limit")
        for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: length >> (24 - 8 * index)) }
        return bytes
    }
}
