/// All that the settings say about one registry. Everything but the name may be left out: then it is found at `https://NAME` (Docker Hub
/// where that is; loopback with plain HTTP) and trusted as the system trusts.
public struct RegistrySettings: Sendable, Hashable {
    /// Canonical: `docker.io`, `registry.example:5000`.
    public let name: String
    /// Who serves it, first choice first: a mirror, then the source. Each has its `/v2/` below the URL.
    public var endpoints: [OriginURL] = []
    /// PEM file of authorities that may vouch for this registry's servers, besides those of the system.
    public var authorityFile: String?
    /// PEM files of the certificate, with its chain, and of the key, without a passphrase, that its servers want of their clients.
    public var certificateFile: String?
    public var keyFile: String?
    /// Whether its servers' certificates are taken unseen. Without `endpoints` it is also asked in plain HTTP where it knows no TLS.
    public var isInsecure = false
    /// Whether whoever reaches this agent's mirror may have what the agent may have there. False: never before a proof, even while the registry
    /// does not answer; nil: as false, but what nobody was ever asked credentials for counts as public then.
    public var isShared: Bool?

    /// - Parameter name: any name of the registry.
    public init(name: String) throws(RegistryEndpointError) {
        guard RegistryDirectory.isName(name) else { throw .malformedName(name) }
        self.name = RegistryDirectory.canonicalName(name)
    }

    /// As many endpoints as anybody could mean; a request may have to try them all.
    public static let endpointLimit = 8

    /// Puts the endpoints of each registry together, in their order.
    public static func grouping(_ endpoints: [RegistryEndpoint]) throws(RegistryEndpointError) -> [RegistrySettings] {
        var found: [RegistrySettings] = []
        for endpoint in endpoints {
            let place: Int
            if let known = found.firstIndex(where: { $0.name == endpoint.name }) {
                place = known
            } else {
                found.append(try RegistrySettings(name: endpoint.name))
                place = found.count - 1
            }
            guard !found[place].endpoints.contains(endpoint.url) else { throw .duplicate(endpoint.name) }
            guard found[place].endpoints.count < endpointLimit else { throw .tooMany(endpoint.name) }
            found[place].endpoints.append(endpoint.url)
        }
        return found
    }
}
