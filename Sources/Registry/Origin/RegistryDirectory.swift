import Swarm

/// Which registry a request means, and which URL serves it.
public struct RegistryDirectory: Sendable, Hashable {
    /// The registry of a reference that names none.
    public let defaultRegistry: String
    /// Those that the settings say something about.
    let registries: [RegistrySettings]

    /// - Parameters:
    ///   - registries: at most one for each name.
    ///   - defaultRegistry: the name, not the URL, of the registry meant by a request that names none.
    public init(registries: [RegistrySettings], defaultRegistry: String = "docker.io") throws(RegistryEndpointError) {
        guard Self.isName(defaultRegistry) else { throw .malformedName(defaultRegistry) }
        for (place, registry) in registries.enumerated() where registries[..<place].contains(where: { $0.name == registry.name }) {
            throw .duplicate(registry.name)
        }
        self.registries = registries
        self.defaultRegistry = Self.canonicalName(defaultRegistry)
    }

    /// - Parameter endpoints: where to find registries that are not at `https://NAME`; several of one name are asked in this order.
    public init(endpoints: [RegistryEndpoint] = [], defaultRegistry: String = "docker.io") throws(RegistryEndpointError) {
        try self.init(registries: RegistrySettings.grouping(endpoints), defaultRegistry: defaultRegistry)
    }

    /// The URLs under which registry `name` has its `/v2/`, first choice first.
    ///
    /// - Returns: none only when the name is not one, such as `a:b:c`.
    public func endpoints(of name: String) -> [OriginURL] {
        let name = Self.canonicalName(name)
        let settings = registries.first { $0.name == name }
        if let configured = settings?.endpoints, !configured.isEmpty { return configured }
        if name == "docker.io" { return [OriginURL(parsing: "https://registry-1.docker.io")].compactMap { $0 } }
        guard let (host, _) = OriginURL.hostAndPort(name) else { return [] }
        // Docker and containerd also speak plain HTTP to registries on loopback and nowhere else.
        let schemes = settings?.isInsecure == true ? ["https", "http"] : HostScope(of: host) == .loopback ? ["http"] : ["https"]
        return schemes.compactMap { OriginURL(parsing: "\($0)://\(name)") }
    }

    /// Those of the endpoints that are the registry itself and not a mirror of it: the last one, and others on the same host.
    func sources(of name: String) -> [OriginURL] {
        let endpoints = endpoints(of: name)
        return endpoints.filter { $0.host == endpoints.last?.host }
    }

    /// Whether whoever reaches this agent may have what it may have of a registry; nil where the settings do not say.
    func isShared(_ name: String) -> Bool? { registries.first { $0.name == name }?.isShared }

    /// The registry and the repository in it that a mirror request means.
    ///
    /// - Parameters:
    ///   - namespace: the `ns` of containerd and BuildKit: names the registry; the path is then all repository.
    ///   - path: the repository as it stood in the request path, perhaps with a host in front: `ghcr.io/org/app`.
    public func place(namespace: String?, path: String) -> (registry: String, repository: String) {
        let named = RepositoryPath(path)
        let registry = Self.canonicalName(namespace ?? named.registry ?? defaultRegistry)
        // BuildKit can be told a mirror with a path, and then sends the name both ways. Any other dotted component is the repository's own.
        let isNamedInPath = namespace == nil || named.registry.map { Self.canonicalName($0) } == registry
        let repository = isNamedInPath ? named.repository : path
        // Docker Hub's official images live below library/, which people leave out.
        return (registry, registry == "docker.io" && !repository.contains("/") ? "library/\(repository)" : repository)
    }

    /// True for a host with an optional port.
    public static func isName(_ text: some StringProtocol) -> Bool {
        OriginURL.hostAndPort(text) != nil
    }

    /// Lower case, and one name for Docker Hub, which has three.
    public static func canonicalName(_ name: some StringProtocol) -> String {
        let name = name.lowercased()
        return name == "index.docker.io" || name == "registry-1.docker.io" ? "docker.io" : name
    }
}
