/// The proxies that the environment names (`HTTP_PROXY`, `HTTPS_PROXY`, `NO_PROXY`, and their lower-case twins, which win), as Go programs
/// such as docker and containerd understand them.
public struct ProxySettings: Sendable, Hashable {
    /// For `http` and `https` URLs; nil to go straight.
    let http: ProxyServer?
    let https: ProxyServer?
    private let exceptions: NoProxy

    /// No proxy for anything.
    public init() {
        http = nil
        https = nil
        exceptions = NoProxy("")
    }

    /// - Throws: for a proxy that is no URL of a kind that is known.
    public init(environment: [String: String]) throws(ProxyError) {
        http = try Self.server("HTTP_PROXY", environment)
        https = try Self.server("HTTPS_PROXY", environment)
        exceptions = NoProxy(Self.value("NO_PROXY", environment)?.text ?? "")
    }

    /// Who is to be asked for a URL; nil for its server itself, as always on loopback.
    func server(for url: OriginURL) -> ProxyServer? {
        guard let server = url.scheme == .https ? https : http, !exceptions.contains(url) else { return nil }
        return server
    }

    private static func server(_ name: String, _ environment: [String: String]) throws(ProxyError) -> ProxyServer? {
        guard let (variable, text) = value(name, environment) else { return nil }
        guard let server = ProxyServer(parsing: text) else { throw ProxyError(variable: variable) }
        return server
    }

    private static func value(_ name: String, _ environment: [String: String]) -> (variable: String, text: String)? {
        for variable in [name.lowercased(), name] {
            if let text = environment[variable], !text.isEmpty { return (variable, text) }
        }
        return nil
    }
}

/// A variable that names no proxy. Its value is not told: it may hold a password.
public struct ProxyError: Error, Sendable, Hashable, CustomStringConvertible {
    public let variable: String

    public var description: String {
        "\(variable) names no proxy that can be used: write http://HOST:PORT, http://USER:PASSWORD@HOST:PORT or socks5://HOST:PORT"
    }
}
