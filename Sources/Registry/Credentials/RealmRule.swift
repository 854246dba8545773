/// Which servers belong to a registry, so that they may be asked for its tokens and be told its credentials: a registry must not make
/// agents send requests, let alone passwords, wherever it likes.
enum RealmRule {
    /// True for the registry's own server or domain. Never from TLS to plain text.
    static func isBound(_ realm: OriginURL, to endpoint: OriginURL) -> Bool {
        guard realm.scheme == .https || endpoint.scheme == .http else { return false }
        if HostScope(of: endpoint.host) == .loopback { return HostScope(of: realm.host) == .loopback }
        return HostScope.registrableDomain(of: realm.host) == HostScope.registrableDomain(of: endpoint.host)
    }

    /// True where a registry's name stands for its domain, wherever the settings say that it is found: a mirror passes on its source's
    /// challenge as it is. Only with TLS, since nothing else says who answers.
    static func isBound(_ realm: OriginURL, toName registry: String) -> Bool {
        guard realm.scheme == .https, let (host, _) = OriginURL.hostAndPort(registry), HostScope(of: host) == .public else { return false }
        return HostScope.registrableDomain(of: realm.host) == HostScope.registrableDomain(of: host)
    }
}
