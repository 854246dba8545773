import Operations
import Registry

extension RegistryOptions {
    func directory() throws -> RegistryDirectory {
        try RegistryDirectory(endpoints: registry.map { try RegistryEndpoint(parsing: $0.description) }, defaultRegistry: defaultRegistry)
    }

    /// - Parameter environment: of docker's own variables, those are looked at that say where it keeps credentials.
    func credentials(environment: [String: String]) throws -> CredentialSettings {
        var settings = CredentialSettings()
        let usernames = try Self.byRegistry(registryUsername, "registry-username")
        let files = try Self.byRegistry(registryPasswordFile, "registry-password-file")
        for name in usernames.keys where files[name] == nil { throw CredentialError.incomplete(registry: name, missing: "a password file") }
        for (name, path) in files {
            guard let username = usernames[name] else { throw CredentialError.incomplete(registry: name, missing: "a username") }
            settings.passwordFiles[name] = PasswordFile(username: username, path: path)
        }
        settings.dockerDocument = environment["DOCKER_AUTH_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        settings.dockerPath = dockerConfig ?? environment["DOCKER_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        if let path = environment["PATH"] { settings.helperSearchPath = path }
        return settings
    }

    private static func byRegistry(_ values: [NamedValue], _ option: String) throws -> [String: String] {
        var found: [String: String] = [:]
        for value in values {
            guard RegistryDirectory.isName(value.name) else { throw RegistryEndpointError.malformedName(value.name) }
            let name = RegistryDirectory.canonicalName(value.name)
            guard found.updateValue(value.value, forKey: name) == nil else {
                throw RegistryEndpointError.duplicateOption(option, name)
            }
        }
        return found
    }
}
