/// As whom an origin is asked.
enum OriginIdentity: Sendable, Hashable {
    /// With whatever this agent has: its own credentials, and those that callers have lent for a repository.
    case agent
    /// Without credentials; a token that everybody gets may be fetched.
    case anybody
    /// With what a caller sent along and nothing else. Goes to the registry's source only.
    case caller(Credential)
}
