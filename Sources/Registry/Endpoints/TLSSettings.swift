import NIOSSL

/// How the servers of one registry are trusted, and what they are shown, read from the files that its settings name.
struct TLSSettings: Sendable {
    /// For everything that the registry leads to: its servers, token servers, stores that it redirects to.
    let common: TLSConfiguration?
    /// For the registry's own servers, which alone are taken unseen or shown the certificate.
    let own: TLSConfiguration?

    init(_ settings: RegistrySettings) throws(TLSSettingsError) {
        var common = TLSConfiguration.makeClientConfiguration()
        var own = common
        if let path = settings.authorityFile {
            let authorities = try Self.certificates(path, of: settings.name)
            common.additionalTrustRoots = [.certificates(authorities)]
            own.additionalTrustRoots = common.additionalTrustRoots
        }
        switch (settings.certificateFile, settings.keyFile) {
        case (let certificate?, let key?):
            own.certificateChain = try Self.certificates(certificate, of: settings.name).map { .certificate($0) }
            do {
                own.privateKey = .privateKey(try NIOSSLPrivateKey(file: key, format: .pem))
            } catch {
                throw .unreadable(registry: settings.name, path: key, what: "a key in PEM without a passphrase")
            }
        case (nil, nil): break
        case (nil, _): throw .incomplete(registry: settings.name, missing: "certificate")
        case (_, nil): throw .incomplete(registry: settings.name, missing: "key")
        }
        if settings.isInsecure { own.certificateVerification = .none }
        let isOwn = settings.isInsecure || settings.certificateFile != nil || settings.authorityFile != nil
        self.common = settings.authorityFile == nil ? nil : common
        self.own = isOwn ? own : nil
    }

    private static func certificates(_ path: String, of registry: String) throws(TLSSettingsError) -> [NIOSSLCertificate] {
        guard let found = try? NIOSSLCertificate.fromPEMFile(path), !found.isEmpty else {
            throw .unreadable(registry: registry, path: path, what: "certificates in PEM")
        }
        return found
    }
}

/// Why a registry's certificates cannot be used.
public enum TLSSettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    case unreadable(registry: String, path: String, what: String)
    case incomplete(registry: String, missing: String)

    public var description: String {
        switch self {
        case .unreadable(let registry, let path, let what): "registry \(registry): \(path) cannot be read, or does not hold \(what)"
        case .incomplete(let registry, let missing):
            "registry \(registry) is given only half of a client certificate: add --registry-\(missing) \(registry)=FILE"
        }
    }
}
