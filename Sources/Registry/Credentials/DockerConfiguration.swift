#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// What docker's `config.json`, and podman's `auth.json`, say about credentials: `auths`, `credHelpers`, `credsStore`. Everything else in
/// it is docker's own business.
struct DockerConfiguration: Sendable {
    /// Credentials for a registry, or for a part of one, as podman knows them.
    private struct Entry: Sendable {
        let registry: String
        /// A path of whole components below which the credentials are good; empty for all of the registry.
        let path: String
        let credential: Credential
    }

    /// A program to ask, and the name to give it.
    struct Helper: Sendable, Hashable {
        let name: String
        let server: String
    }

    static let limitBytes = 1 << 20
    /// Longer than any registry's name with a repository's; a helper is given it in one piece.
    private static let keyLimitBytes = 1024

    private var entries: [Entry] = []
    /// By canonical registry name.
    private var helpers: [String: Helper] = [:]
    private var store: String?

    /// Reads a file. Of a directory, as `DOCKER_CONFIG` names one, its `config.json`.
    init(readingFrom path: String) throws(CredentialError) {
        let file = SmallFile.isDirectory(path) ? path + (path.hasSuffix("/") ? "" : "/") + "config.json" : path
        try self.init(parsing: SmallFile(path: file, limitBytes: Self.limitBytes).read(), path: file)
    }

    /// - Parameter path: what to call it in errors.
    init(parsing json: [UInt8], path: String) throws(CredentialError) {
        guard json.count <= Self.limitBytes else { throw .tooLarge(path: path, limitBytes: Self.limitBytes) }
        // The decoder's own words could quote the file.
        guard let document = try? JSONDecoder().decode(DockerDocument.self, from: Data(json)) else {
            throw .malformed(path: path, reason: "it must be JSON with auths, credHelpers or credsStore as docker login writes them")
        }
        for (key, auth) in document.auths ?? [:] {
            guard let (registry, place) = Self.place(of: key) else { continue }
            guard let credential = try auth.credential(of: registry, path: path) else { continue }
            entries.append(Entry(registry: registry, path: place, credential: credential))
        }
        entries.sort { $0.path.utf8.count > $1.path.utf8.count }
        for (key, name) in document.credHelpers ?? [:] {
            guard let (registry, _) = Self.place(of: key), !name.isEmpty else { continue }
            helpers[registry] = Helper(name: try Self.helper(name, path), server: key)
        }
        store = try document.credsStore.flatMap { $0.isEmpty ? nil : $0 }.map { name throws(CredentialError) in try Self.helper(name, path)
        }
    }

    /// What stands in the file itself; of several entries that fit, the one for the smallest part of the registry.
    func credential(for registry: String, repository: String) -> Credential? {
        entries.first { entry in
            entry.registry == registry
                && (entry.path.isEmpty || repository == entry.path || repository.hasPrefix(entry.path + "/"))
        }?.credential
    }

    /// Who is to be asked about a registry: its own helper, else the store of all.
    func helper(for registry: String) -> Helper? {
        helpers[registry] ?? store.map { Helper(name: $0, server: registry == "docker.io" ? Self.dockerHub : registry) }
    }

    /// What docker calls Docker Hub where it keeps credentials.
    private static let dockerHub = "https://index.docker.io/v1/"

    /// The registry and the path in it that a key means: `ghcr.io`, `https://index.docker.io/v1/`, or podman's `quay.io/org`.
    ///
    /// - Returns: nil for what is no registry's name: nothing will ever ask for it.
    private static func place(of key: String) -> (registry: String, path: String)? {
        var rest = key[...]
        var isURL = false
        for scheme in ["https://", "http://"] where rest.lowercased().hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            isURL = true
        }
        let host = rest.prefix { $0 != "/" }
        guard key.utf8.count <= Self.keyLimitBytes, RegistryDirectory.isName(host) else { return nil }
        let path = rest.dropFirst(host.count).split(separator: "/").joined(separator: "/")
        // URLs are docker's older way to name a registry, with the version of its API.
        return (RegistryDirectory.canonicalName(host), isURL || path == "v1" || path == "v2" ? "" : path)
    }

    private static func helper(_ name: String, _ path: String) throws(CredentialError) -> String {
        let isName = name.utf8.count <= 100 && !name.hasPrefix(".") && name.unicodeScalars.allSatisfy(isHelperScalar)
        guard isName else { throw .malformedHelper(path: path, name: name) }
        return name
    }

    private static func isHelperScalar(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil || "._-".unicodeScalars.contains(scalar))
    }
}
