/// Takes one message's fields apart, checking every bound first.
struct ByteReader {
    private let bytes: [UInt8]
    private var index = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - index }

    mutating func read<Value: FixedWidthInteger & UnsignedInteger>(_ type: Value.Type, _ field: String) throws(WireError) -> Value {
        let width = Value.bitWidth / 8
        guard remaining >= width else { throw .truncated(field: field) }
        var value: Value = 0
        for offset in 0..<width { value = (value << 8 as Value) | Value(bytes[index + offset]) }
        index += width
        return value
    }

    mutating func read(count: Int, _ field: String) throws(WireError) -> ArraySlice<UInt8> {
        guard count >= 0, remaining >= count else { throw .truncated(field: field) }
        defer { index += count }
        return bytes[index..<index + count]
    }

    mutating func readRest() -> ArraySlice<UInt8> {
        defer { index = bytes.count }
        return bytes[index...]
    }

    mutating func readText(_ field: String) throws(WireError) -> String {
        let count = Int(try read(UInt8.self, field))
        guard let text = String(validating: try read(count: count, field), as: UTF8.self) else { throw .invalid(field: field) }
        return text
    }

    mutating func readDigest(_ field: String) throws(WireError) -> Digest {
        guard let algorithm = DigestAlgorithm(rawValue: try read(UInt8.self, field)),
            let digest = Digest(algorithm, bytes: try read(count: algorithm.byteCount, field))
        else { throw .invalid(field: field) }
        return digest
    }

    mutating func readNode(_ field: String) throws(WireError) -> NodeID {
        guard let node = NodeID(bytes: try read(count: NodeID.byteCount, field)) else { throw .invalid(field: field) }
        return node
    }

    mutating func readBlobSize(_ field: String) throws(WireError) -> UInt64 {
        let size = try read(UInt64.self, field)
        guard size <= PieceLayout.blobSizeLimit else { throw .invalid(field: field) }
        return size
    }

    mutating func readFlag(_ field: String) throws(WireError) -> Bool {
        switch try read(UInt8.self, field) {
        case 0: false
        case 1: true
        default: throw .invalid(field: field)
        }
    }

    /// - Parameter message: its name, made only if it is needed: making it costs more than reading most messages.
    func finish(_ message: @autoclosure () -> String) throws(WireError) {
        guard remaining == 0 else { throw .trailingBytes(message: message()) }
    }
}
