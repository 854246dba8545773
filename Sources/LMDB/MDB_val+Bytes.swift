import CLMDB

extension MDB_val {
    /// Bytes that belong to the database, valid until the transaction ends or changes them.
    var buffer: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mv_data, count: mv_size) }

    func hasPrefix(_ prefix: [UInt8]) -> Bool { buffer.starts(with: prefix) }
}

extension [UInt8] {
    /// Hands the bytes to a C call, which does not change them.
    func withMDBValue<Result>(_ body: (UnsafeMutablePointer<MDB_val>) -> Result) -> Result {
        withUnsafeBytes { bytes in
            var value = MDB_val(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            return body(&value)
        }
    }
}
