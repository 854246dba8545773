/// What proves to a registry, or to its token server, who asks.
enum Credential: Sendable, Hashable {
    case password(username: String, Secret)
    /// A refresh token of OAuth 2.0, which docker calls identity token: a token server gives access tokens for it. Servers that do not know
    /// OAuth take it as the user's password.
    case identityToken(Secret, username: String)
    /// A bearer token for the registry itself.
    case registryToken(Secret)

    /// What goes into `Authorization` where the scheme is Basic (RFC 7617); nil where there is no name and password.
    var basic: Secret? {
        switch self {
        case .password(let username, let secret), .identityToken(let secret, let username):
            Secret("Basic " + Base64.encode(Array("\(username):\(secret.revealed)".utf8)))
        case .registryToken: nil
        }
    }
}
