/// What is sent as `Authorization`, and what it was made of.
struct Authorization: Sendable, Hashable {
    let header: Secret
    /// nil for a token that anybody gets.
    let credential: Credential?
    /// Where the header is a token: what it is kept as.
    let token: TokenCache.Key?

    static func basic(_ credential: Credential) -> Authorization? {
        credential.basic.map { Authorization(header: $0, credential: credential, token: nil) }
    }

    static func bearer(_ token: Secret, _ credential: Credential?, as key: TokenCache.Key?) -> Authorization {
        Authorization(header: Secret("Bearer \(token.revealed)"), credential: credential, token: key)
    }
}
