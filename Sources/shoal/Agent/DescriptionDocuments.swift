/// `/api/v1/settings`: the settings in force, as far as others have to agree with them. No secrets.
struct SettingsDocument: Codable, Sendable {
    let node: String
    /// Where the sockets really listen; nil before they do.
    let mirror: String?
    /// nil from agents that know nothing of it.
    let mirrorSpeaksTLS: Bool?
    let peer: String
    let advertise: String?
    let trackers: [String]
    let zone: String
    /// URL by name, for registries that are not where their names say.
    let registries: [String: String]
    let defaultRegistry: String
    let data: String
    let quotaBytes: UInt64?
    let minFreeBytes: UInt64
    /// Free on the data directory's disk now; nil when that cannot be told.
    let freeBytes: UInt64?
}

/// `/api/v1/registries`: whether registries answer this agent.
struct RegistriesDocument: Codable, Sendable {
    enum State: String, Codable, Sendable {
        /// It answers, and gives what everybody may have.
        case answers
        /// It wants a name and a password.
        case wantsCredentials = "wants-credentials"
        /// Its token server gives no token for a repository that need not exist.
        case refusesTokens = "refuses-tokens"
        /// It wants to be asked less often.
        case limits
        /// No answer, or none that makes sense.
        case fails
    }

    struct Registry: Codable, Sendable {
        let name: String
        let url: String
        let state: State
        /// Why it does not answer, in a few words.
        let reason: String?
        /// By how much this machine's clock is ahead of the registry's, if that tells the time.
        let clockAheadSeconds: Int?
    }

    let registries: [Registry]
}
