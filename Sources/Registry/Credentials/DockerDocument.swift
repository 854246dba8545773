/// The parts of docker's `config.json` that are read.
struct DockerDocument: Decodable {
    /// One entry of `auths`. `docker login` writes `auth`; with a store an entry stands there empty.
    struct Auth: Decodable {
        let auth: String?
        let username: String?
        let password: String?
        let identitytoken: String?
        let registrytoken: String?
    }

    let auths: [String: Auth]?
    let credHelpers: [String: String]?
    let credsStore: String?
}

extension DockerDocument.Auth {
    /// - Returns: nil for an empty entry.
    func credential(of registry: String, path: String) throws(CredentialError) -> Credential? {
        var (name, secret) = (username ?? "", password ?? "")
        if let auth, !auth.isEmpty {
            guard let bytes = Base64.decode(auth), let text = String(validating: bytes, as: UTF8.self), let colon = text.firstIndex(of: ":")
            else { throw .malformed(path: path, reason: "\"auth\" of \(registry) is not the base64 of NAME:PASSWORD") }
            name = String(text[..<colon])
            secret = String(text[text.index(after: colon)...])
            // Docker's own reader drops these as well: an old version wrote a buffer with its end.
            while secret.unicodeScalars.last == "\0" { secret.unicodeScalars.removeLast() }
        }
        if let token = registrytoken, !token.isEmpty { return .registryToken(Secret(token)) }
        if let token = identitytoken, !token.isEmpty { return .identityToken(Secret(token), username: name) }
        return name.isEmpty && secret.isEmpty ? nil : .password(username: name, Secret(secret))
    }
}
