/// One proxy: `http://host:port`, with `user:password@` where it wants that, or `socks5://host:port`; without a scheme it is http.
struct ProxyServer: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case http, socks
    }

    let kind: Kind
    let host: String
    let port: Int
    /// The `user:password` of the URL, decoded.
    let login: Secret?

    /// - Returns: nil for another scheme, TLS to the proxy among them.
    init?(parsing text: String) {
        var rest = text[...]
        var kind = Kind.http
        if let mark = rest.firstRange(of: "://") {
            switch rest[..<mark.lowerBound].lowercased() {
            case "http": kind = .http
            case "socks5", "socks5h": kind = .socks
            default: return nil
            }
            rest = rest[mark.upperBound...]
        }
        rest = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if let at = rest.lastIndex(of: "@") {
            guard kind == .http, let login = PercentCoding.decode(rest[..<at]), login.contains(":") else { return nil }
            self.login = Secret(login)
            rest = rest[rest.index(after: at)...]
        } else {
            login = nil
        }
        guard let (host, port) = OriginURL.hostAndPort(rest) else { return nil }
        self.kind = kind
        self.host = host
        self.port = port ?? (kind == .http ? 80 : 1080)
    }
}
