/// Where the items of one JSON object or array stand in its text, which is known to be JSON.
struct JSONContainer {
    struct Item {
        /// A member's name with its quotes; nil in an array.
        let key: Range<Int>?
        let value: Range<Int>

        var start: Int { key?.lowerBound ?? value.lowerBound }
    }

    /// Indices of the brackets.
    let open: Int
    let close: Int
    let items: [Item]

    /// - Parameter start: at the opening bracket, or at white space before it.
    /// - Returns: nil when no container begins there.
    init?(_ bytes: [UInt8], from start: Int) {
        var scan = Scan(bytes: bytes, index: start)
        scan.skipSpace()
        guard let bracket = scan.next, bracket == UInt8(ascii: "{") || bracket == UInt8(ascii: "[") else { return nil }
        open = scan.index
        scan.index += 1
        var items: [Item] = []
        while true {
            scan.skipSpace()
            guard let next = scan.next else { return nil }
            if next == bracket + 2 { break }
            if next == UInt8(ascii: ",") {
                scan.index += 1
                continue
            }
            var key: Range<Int>?
            if bracket == UInt8(ascii: "{") {
                key = scan.value()
                scan.skipSpace()
                guard scan.next == UInt8(ascii: ":") else { return nil }
                scan.index += 1
                scan.skipSpace()
            }
            let value = scan.value()
            guard !value.isEmpty else { return nil }
            items.append(Item(key: key, value: value))
        }
        close = scan.index
        self.items = items
    }

    /// What has to go with an item for the rest to be JSON: the item and one comma, and the space that came with it.
    func span(of index: Int) -> Range<Int> {
        if index + 1 < items.count { return items[index].start..<items[index + 1].start }
        if index > 0 { return items[index - 1].value.upperBound..<items[index].value.upperBound }
        return open + 1..<close
    }

    private struct Scan {
        let bytes: [UInt8]
        var index: Int

        var next: UInt8? { index < bytes.count ? bytes[index] : nil }

        mutating func skipSpace() {
            while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { index += 1 }
        }

        /// A whole value; brackets in strings are none.
        mutating func value() -> Range<Int> {
            let start = index
            var depth = 0
            while let byte = next {
                switch byte {
                case UInt8(ascii: "\""): skipString()
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    index += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    if depth == 0 { return start..<index }
                    depth -= 1
                    index += 1
                case UInt8(ascii: ","), UInt8(ascii: ":"), 0x20, 0x09, 0x0a, 0x0d:
                    if depth == 0 { return start..<index }
                    index += 1
                    continue
                default:
                    index += 1
                    continue
                }
                if depth == 0 { return start..<index }
            }
            return start..<index
        }

        private mutating func skipString() {
            index += 1
            while let byte = next, byte != UInt8(ascii: "\"") { index += byte == UInt8(ascii: "\\") ? 2 : 1 }
            index = min(index + 1, bytes.count)
        }
    }
}
