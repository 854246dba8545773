public import Logging

/// The credentials of this agent, and for which registry each is. Nothing is asked of a helper before a registry has asked for credentials.
public actor Credentials {
    /// Helpers' answers are kept this long, since some take a second; when a registry refuses one, its helper is asked again.
    static let helperLifetime: Duration = .seconds(300)
    /// But not sooner than this: clients that ask for what they may not have must not start a process each.
    static let helperRest: Duration = .seconds(10)
    /// More registries than one node pulls from.
    static let helperLimit = 256

    private let settings: CredentialSettings
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private let document: DockerConfiguration?
    private var file: DockerConfiguration?
    private var passwords: [String: Credential] = [:]
    private var answers: [DockerConfiguration.Helper: (credential: Credential?, expires: ContinuousClock.Instant)] = [:]

    /// Reads the files, so that what is wrong with them is said when the program starts.
    public init(_ settings: CredentialSettings, logger: Logger) throws(CredentialError) {
        try self.init(settings, logger: logger, now: { .now })
    }

    init(_ settings: CredentialSettings, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant) throws(CredentialError) {
        self.settings = settings
        self.logger = logger
        self.now = now
        document = try settings.dockerDocument.map { text throws(CredentialError) in
            try DockerConfiguration(parsing: Array(text.utf8), path: "DOCKER_AUTH_CONFIG")
        }
        file = try settings.dockerPath.map { path throws(CredentialError) in try DockerConfiguration(readingFrom: path) }
        for (registry, file) in settings.passwordFiles { passwords[RegistryDirectory.canonicalName(registry)] = try file.read() }
    }

    /// No credentials for anybody.
    public init() {
        settings = CredentialSettings()
        logger = Logger(label: "credentials")
        now = { .now }
        document = nil
    }

    /// What this program's own settings say for a registry, wherever that is found.
    func own(for registry: String) -> Credential? { passwords[registry] }

    /// What docker's configuration has for a server, by the name under which `docker login` knows it.
    func docker(for registry: String, repository: String) async -> Credential? {
        for configuration in [document, file] {
            guard let configuration else { continue }
            if let helper = configuration.helper(for: registry), let found = await ask(helper) { return found }
            if let found = configuration.credential(for: registry, repository: repository) { return found }
        }
        return nil
    }

    /// Whether there may be some for a registry under any of its names. Nobody is asked: a helper may have some.
    func mayHave(for names: [String], repository: String) -> Bool {
        if let registry = names.first, passwords[registry] != nil { return true }
        return [document, file].contains { configuration in
            guard let configuration else { return false }
            return names.contains {
                configuration.helper(for: $0) != nil || configuration.credential(for: $0, repository: repository) != nil
            }
        }
    }

    /// Forgets what may be old, because a registry has refused credentials: the next question reads files and asks helpers again.
    func renew() {
        let now = now()
        answers = answers.filter { $0.value.expires - Self.helperLifetime + Self.helperRest > now }
        if let path = settings.dockerPath {
            do {
                file = try DockerConfiguration(readingFrom: path)
            } catch {
                // What was read before is still the best there is.
                logger.warning("docker's configuration cannot be read again", metadata: ["reason": "\(error)"])
            }
        }
        for (registry, file) in settings.passwordFiles {
            do {
                passwords[RegistryDirectory.canonicalName(registry)] = try file.read()
            } catch {
                logger.warning("a password file cannot be read again", metadata: ["registry": "\(registry)", "reason": "\(error)"])
            }
        }
    }

    /// A helper that fails is no reason not to try without: most images are public.
    private func ask(_ helper: DockerConfiguration.Helper) async -> Credential? {
        if let answer = answers[helper], answer.expires > now() { return answer.credential }
        let program = CredentialHelper(name: helper.name, searchPath: settings.helperSearchPath, timeout: settings.helperTimeout)
        var credential: Credential?
        do {
            credential = try await program.credential(for: helper.server)
        } catch {
            logger.warning("no credentials from a helper", metadata: ["registry": "\(helper.server)", "reason": "\(error)"])
        }
        if answers.count >= Self.helperLimit { answers = [:] }
        answers[helper] = (credential, now() + Self.helperLifetime)
        return credential
    }
}
