/// Codes that only who knows a key can make of a message: HMAC (RFC 2104) with SHA-256.
public enum MessageCode {
    /// The code, 32 bytes.
    public static func sha256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        let length = HashAlgorithm.sha256.blockByteCount
        let short = key.count > length ? StreamingHash.digest(.sha256, of: key) : key
        let block = short + [UInt8](repeating: 0, count: length - short.count)
        let inner = StreamingHash.digest(.sha256, of: block.map { $0 ^ 0x36 } + message)
        return StreamingHash.digest(.sha256, of: block.map { $0 ^ 0x5c } + inner)
    }
}
