/// Access tokens until they expire. Pure: whoever asks says what time it is.
struct TokenCache {
    /// A token is good for one repository of one server, and for whoever it was given to.
    struct Key: Hashable, Sendable {
        let server: String
        let scope: String
        /// nil for a token that anybody gets.
        let credential: Credential?
    }

    private struct Entry {
        let token: Secret
        let expires: ContinuousClock.Instant
    }

    /// More repositories than a node pulls from in the life of a token.
    static let limit = 1024
    /// No token is kept longer than a day, whatever its server says.
    static let longestLifetime: Duration = .seconds(86_400)

    private var entries: [Key: Entry] = [:]

    func token(for key: Key, at now: ContinuousClock.Instant) -> Secret? {
        guard let entry = entries[key], entry.expires > now else { return nil }
        return entry.token
    }

    mutating func keep(_ token: AccessToken, for key: Key, at now: ContinuousClock.Instant) {
        if entries.count >= Self.limit { entries = entries.filter { $0.value.expires > now } }
        guard entries.count < Self.limit || entries[key] != nil else { return }
        // A tenth earlier than told, so that none expires on its way.
        let lifetime = min(max(token.lifetime, .zero), Self.longestLifetime) * 9 / 10
        entries[key] = Entry(token: token.text, expires: now + lifetime)
    }

    /// Drops a token that was refused, unless a newer one has taken its place meanwhile.
    mutating func forget(_ token: Secret, for key: Key) {
        if entries[key]?.token == token { entries[key] = nil }
    }
}
