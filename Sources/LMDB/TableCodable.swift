/// A type whose values can lie in a table as bytes.
public protocol TableCodable: Sendable {
    /// Appends the bytes that `init(decoding:)` reads.
    func encode(into bytes: inout [UInt8])

    /// Reads a value back. The bytes belong to the database and are gone when the transaction ends: copy what is kept.
    init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord)
}

/// A key has 1 to 511 bytes; a table is in the byte-wise order of its encoded keys, so numbers are encoded most significant byte first.
public protocol TableKey: TableCodable {}

/// What a table's value can be.
public protocol TableValue: TableCodable {}

/// Why bytes could not be decoded: what was expected instead, such as `8 bytes`.
public struct MalformedRecord: Error, Equatable {
    public let expected: String

    public init(expected: String) { self.expected = expected }
}

extension TableCodable {
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }
}

extension TableCodable where Self: FixedWidthInteger {
    public func encode(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: bigEndian) { bytes.append(contentsOf: $0) }
    }

    public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        guard bytes.count == MemoryLayout<Self>.size else { throw MalformedRecord(expected: "\(MemoryLayout<Self>.size) bytes") }
        self = Self(bigEndian: bytes.loadUnaligned(as: Self.self))
    }
}

extension UInt32: TableKey, TableValue {}
extension UInt64: TableKey, TableValue {}

extension Array: TableCodable, TableKey, TableValue where Element == UInt8 {
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: self) }

    public init(decoding bytes: UnsafeRawBufferPointer) { self.init(bytes) }
}

extension String: TableKey, TableValue {
    public func encode(into bytes: inout [UInt8]) { bytes.append(contentsOf: utf8) }

    public init(decoding bytes: UnsafeRawBufferPointer) throws(MalformedRecord) {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw MalformedRecord(expected: "UTF-8 text") }
        self = text
    }
}
