/// An absolute `http` or `https` URL, checked: where a registry is, or where one redirects to.
public struct OriginURL: Sendable, Hashable, CustomStringConvertible {
    /// With or without TLS.
    public enum Scheme: String, Sendable {
        case http, https

        var defaultPort: Int { self == .http ? 80 : 443 }
    }

    public let scheme: Scheme
    /// Lower case; an IPv6 address without its brackets.
    public let host: String
    public let port: Int
    /// Path and query exactly as given, beginning with `/`; a fragment is dropped.
    public let target: String

    /// A presigned URL of an object store is long; one longer than this is not.
    static let limitBytes = 16 << 10

    /// - Returns: nil for another scheme, user information, an empty host, a bad port, or characters that no request line may hold.
    public init?(parsing text: some StringProtocol) {
        guard text.utf8.count <= Self.limitBytes, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        let lower = text.prefix(8).lowercased()
        let scheme: Scheme
        if lower.hasPrefix("https://") {
            scheme = .https
        } else if lower.hasPrefix("http://") {
            scheme = .http
        } else {
            return nil
        }
        let rest = text.dropFirst(scheme.rawValue.count + 3).prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard let (host, port) = Self.hostAndPort(authority) else { return nil }
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.defaultPort
        let target = rest[authority.endIndex...]
        self.target = target.first == "/" ? String(target) : "/\(target)"
    }

    private init(scheme: Scheme, host: String, port: Int, target: String) {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.target = target
    }

    /// Resolves the `Location` of a redirect against this URL (RFC 3986, section 5.2, without dot segments).
    public func resolving(_ location: String) -> OriginURL? {
        if location.hasPrefix("//") { return OriginURL(parsing: "\(scheme.rawValue):\(location)") }
        if location.hasPrefix("/") { return OriginURL(parsing: "\(root)\(location)") }
        if let absolute = OriginURL(parsing: location) { return absolute }
        guard !location.prefix(while: { $0 != "/" && $0 != "?" }).contains(":") else { return nil }
        let path = target.prefix { $0 != "?" }
        if location.hasPrefix("?") { return OriginURL(parsing: "\(root)\(path)\(location)") }
        let folder = path[...(path.lastIndex(of: "/") ?? path.startIndex)]
        return OriginURL(parsing: "\(root)\(folder)\(location)")
    }

    /// The same server with `path` after this URL's own path, which is the prefix under which `/v2/` lies.
    func appending(_ path: String) -> OriginURL {
        let prefix = target.hasSuffix("/") ? String(target.dropLast()) : target
        return OriginURL(scheme: scheme, host: host, port: port, target: prefix + path)
    }

    /// True when credentials for one may go to the other: same scheme, host and port.
    func isSameServer(as other: OriginURL) -> Bool {
        scheme == other.scheme && host == other.host && port == other.port
    }

    /// Host and, unless it is the scheme's own, port.
    public var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == scheme.defaultPort ? name : "\(name):\(port)"
    }

    /// Scheme and authority: the server without what is asked of it.
    var root: String { "\(scheme.rawValue)://\(authority)" }

    public var description: String { root + target }

    /// Splits `host`, `host:port`, `[v6]` or `[v6]:port`.
    static func hostAndPort(_ authority: some StringProtocol) -> (host: String, port: Int?)? {
        let host: String
        let rest: String
        if authority.first == "[" {
            guard let close = authority.firstIndex(of: "]") else { return nil }
            host = authority[authority.index(after: authority.startIndex)..<close].lowercased()
            guard HostScope.ipv6(host) != nil else { return nil }
            rest = String(authority[authority.index(after: close)...])
        } else {
            host = authority.prefix { $0 != ":" }.lowercased()
            guard host.utf8.count <= 255, host.utf8.allSatisfy(isHostByte) else { return nil }
            // No empty label: `..` must not pass for a host where paths are split into registry and repository.
            guard host.split(separator: ".", omittingEmptySubsequences: false).allSatisfy({ !$0.isEmpty }) else { return nil }
            rest = String(authority.dropFirst(host.count))
        }
        if rest.isEmpty { return (host, nil) }
        guard rest.first == ":", let port = Decimal.parse(rest.dropFirst()), (1...65535).contains(port) else { return nil }
        return (host, Int(port))
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
        }
    }
}
