import Operations
import Registry

extension RegistryOptions {
    func directory() throws -> RegistryDirectory {
        let endpoints = try registry.map { try RegistryEndpoint(parsing: $0.description) }
        var settings = try RegistrySettings.grouping(endpoints)
        func set(_ name: String, _ change: (inout RegistrySettings) -> Void) throws {
            if !settings.contains(where: { $0.name == name }) { settings.append(try RegistrySettings(name: name)) }
            for place in settings.indices where settings[place].name == name { change(&settings[place]) }
        }
        for (name, path) in try Self.byRegistry(registryCa, "registry-ca") { try set(name) { $0.authorityFile = path } }
        for (name, path) in try Self.byRegistry(registryCertificate, "registry-certificate") {
            try set(name) { $0.certificateFile = path }
        }
        for (name, path) in try Self.byRegistry(registryKey, "registry-key") { try set(name) { $0.keyFile = path } }
        func setSwitch(_ options: [NamedSwitch], _ change: (inout RegistrySettings, Bool) -> Void) throws {
            for option in options {
                guard RegistryDirectory.isName(option.name) else { throw RegistryEndpointError.malformedName(option.name) }
                try set(RegistryDirectory.canonicalName(option.name)) { change(&$0, option.isOn) }
            }
        }
        try setSwitch(registryInsecure) { $0.isInsecure = $1 }
        try setSwitch(registryShare) { $0.isShared = $1 }
        return try RegistryDirectory(registries: settings, defaultRegistry: defaultRegistry)
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
