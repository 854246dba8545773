/// Where credentials for registries come from. The first place that has some for a registry counts: its own password file, then docker's
/// configuration in the environment, then docker's configuration file with its helpers.
public struct CredentialSettings: Sendable {
    /// By the registry's name. Such credentials go to wherever the settings say that this registry is found.
    public var passwordFiles: [String: PasswordFile] = [:]
    /// What `DOCKER_AUTH_CONFIG` holds: a document like docker's `config.json`. Its helpers are asked too.
    public var dockerDocument: String?
    /// A `config.json`, or the directory of one. Read again when a registry refuses what it said.
    public var dockerPath: String?
    /// Where `docker-credential-NAME` is looked for.
    public var helperSearchPath = "/usr/local/bin:/usr/bin:/bin"
    /// How long a helper may take; some ask a cloud's own service.
    public var helperTimeout: Duration = .seconds(10)

    public init() {}
}
