import NIOCore

/// Part of an answer's body: what is written around a blob's bytes, or the bytes themselves.
enum BodySegment: Sendable {
    case text(String)
    /// Not empty.
    case bytes(Range<UInt64>)

    /// Bytes.
    var count: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .bytes(let range): range.count
        }
    }
}

/// Several ranges of a blob in one body (RFC 9110, section 14.6).
struct MultipartRanges: Sendable {
    let contentType: String
    let segments: [BodySegment]

    /// - Parameters:
    ///   - type: of the whole blob.
    ///   - boundary: what the blob does not contain; nil for one that it can only contain by a chance of one in 2^128.
    init(_ parts: [Range<UInt64>], ofSize size: UInt64, type: String, boundary: String? = nil) {
        let boundary = boundary ?? (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 16) }.joined()
        contentType = "multipart/byteranges; boundary=\(boundary)"
        var segments: [BodySegment] = []
        for (number, part) in parts.enumerated() {
            segments.append(
                .text(
                    (number > 0 ? "\r\n" : "") + "--\(boundary)\r\nContent-Type: \(type)\r\n"
                        + "Content-Range: \(ContentRange(part, ofSize: size))\r\n\r\n"))
            segments.append(.bytes(part))
        }
        segments.append(.text("\r\n--\(boundary)--\r\n"))
        self.segments = segments
    }

    /// Bytes of the body.
    var length: Int { segments.reduce(0) { $0 + $1.count } }
}
