import NIOSSL

/// What the mirror shows its clients to speak TLS with them, read from files.
public struct MirrorTLS: Sendable {
    let context: NIOSSLContext

    /// - Parameters:
    ///   - certificate: PEM file of the certificate, with its chain.
    ///   - key: PEM file of its key, without a passphrase.
    public init(certificate: String, key: String) throws(MirrorTLSError) {
        guard let chain = try? NIOSSLCertificate.fromPEMFile(certificate), !chain.isEmpty else {
            throw .unreadable(path: certificate, what: "certificates in PEM", option: "mirror-certificate")
        }
        guard let secret = try? NIOSSLPrivateKey(file: key, format: .pem) else {
            throw .unreadable(path: key, what: "a key in PEM without a passphrase", option: "mirror-key")
        }
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(secret))
        settings.applicationProtocols = ["http/1.1"]
        do {
            context = try NIOSSLContext(configuration: settings)
        } catch {
            throw .mismatch(certificate: certificate, key: key)
        }
    }
}

/// Why the mirror cannot speak TLS.
public enum MirrorTLSError: Error, Sendable, Hashable, CustomStringConvertible {
    case unreadable(path: String, what: String, option: String)
    case mismatch(certificate: String, key: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let what, let option): "\(path) cannot be read, or does not hold \(what) (--\(option))"
        case .mismatch(let certificate, let key):
            "\(key) is not the key of the certificate in \(certificate): give the two that belong together (--mirror-certificate, --mirror-key)"
        }
    }
}
