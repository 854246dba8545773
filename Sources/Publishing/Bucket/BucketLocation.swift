/// `s3://bucket/prefix`: where in a bucket a static registry begins.
public struct BucketLocation: Sendable, Hashable, CustomStringConvertible {
    public let bucket: String
    /// Without slashes at its ends; empty for the bucket's root.
    public let prefix: String

    /// - Returns: nil for what is not of this form, or names no bucket that S3 would allow (3 to 63 of `a-z`, `0-9`, `.` and `-`), or a prefix of
    ///   other characters than may stand in a URL's path unencoded.
    public init?(parsing text: some StringProtocol) {
        guard text.hasPrefix("s3://") else { return nil }
        let parts = text.dropFirst(5).split(separator: "/", omittingEmptySubsequences: true)
        guard let bucket = parts.first, (3...63).contains(bucket.utf8.count), bucket.utf8.allSatisfy(Self.isBucketByte),
            bucket.first != ".", bucket.first != "-", !bucket.contains("..")
        else { return nil }
        let prefix = parts.dropFirst()
        guard prefix.allSatisfy({ $0 != "." && $0 != ".." && $0.utf8.allSatisfy(Self.isPathByte) }) else { return nil }
        self.bucket = String(bucket)
        self.prefix = prefix.joined(separator: "/")
        guard self.prefix.utf8.count <= 512 else { return nil }
    }

    /// The key of what a registry has at `path`, which begins with `v2/`.
    func key(_ path: String) -> String { prefix.isEmpty ? path : "\(prefix)/\(path)" }

    public var description: String { "s3://\(bucket)\(prefix.isEmpty ? "" : "/\(prefix)")" }

    private static func isBucketByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        isBucketByte(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "~")
    }
}
