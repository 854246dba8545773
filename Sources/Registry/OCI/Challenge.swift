/// One challenge of a `WWW-Authenticate` header (RFC 9110, section 11.6.1), such as
/// `Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/busybox:pull"`.
public struct Challenge: Sendable, Hashable {
    /// Lower case: `bearer`, `basic`.
    public let scheme: String
    /// Names in lower case; the first of a repeated name counts.
    public let parameters: [String: String]

    public init(scheme: String, parameters: [String: String]) {
        self.scheme = scheme
        self.parameters = parameters
    }

    public var realm: String? { parameters["realm"] }
    public var service: String? { parameters["service"] }
    public var scope: String? { parameters["scope"] }

    /// A header longer than this is not parsed.
    public static let limitBytes = 8192

    /// Every challenge of one header value, in order. What cannot be read ends the list: a challenge half understood is not used.
    public static func parse(_ header: String) -> [Challenge] {
        guard header.utf8.count <= limitBytes else { return [] }
        var scanner = ChallengeScanner(header)
        var challenges: [Challenge] = []
        while let challenge = scanner.challenge() { challenges.append(challenge) }
        return challenges
    }
}

/// Walks a header byte by byte; every method leaves the position after what it took, or where it was.
private struct ChallengeScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func challenge() -> Challenge? {
        skip { $0 == UInt8(ascii: ",") || Self.isSpace($0) }
        guard let scheme = token() else { return nil }
        var parameters: [String: String] = [:]
        while true {
            let mark = position
            skip { $0 == UInt8(ascii: ",") || Self.isSpace($0) }
            guard let name = token() else { break }
            skip(Self.isSpace)
            guard take(UInt8(ascii: "=")) else {
                // A token without "=" begins the next challenge.
                position = mark
                break
            }
            skip(Self.isSpace)
            guard let value = peek == UInt8(ascii: "\"") ? quoted() : token() else { return nil }
            if parameters[name.lowercased()] == nil { parameters[name.lowercased()] = value }
        }
        return Challenge(scheme: scheme.lowercased(), parameters: parameters)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        position += 1
        return true
    }

    private mutating func skip(_ matches: (UInt8) -> Bool) {
        while let byte = peek, matches(byte) { position += 1 }
    }

    private mutating func token() -> String? {
        let start = position
        skip(Self.isTokenByte)
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    private mutating func quoted() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var value: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = peek else { return nil }
                value.append(escaped)
                position += 1
            default: value.append(byte)
            }
        }
        return nil
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// RFC 9110's token, and the `/` `:` of registries that forget to quote a realm.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~/:".utf8.contains(byte)
        }
    }
}
