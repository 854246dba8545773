import ArgumentParser
import Operations
import Registry

/// What the agent is told about registries: where they are, and with what credentials. `RegistryOptions+Settings` makes the origin client's
/// settings of it.
struct RegistryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Where to find registry NAME, such as docker.io=http://127.0.0.1:5001; repeatable.",
            discussion: "Several URLs of one name are asked in this order: a mirror first, then the registry itself.", valueName: "name=url"
        ))
    var registry: [NamedURL] = []

    @Option(help: ArgumentHelp("The registry that is meant when a request names none.", valueName: "name"))
    var defaultRegistry = "docker.io"

    @Option(
        help: ArgumentHelp(
            "Docker's config.json, or its directory: credentials for registries, and the helpers that have some.",
            discussion: "Default: DOCKER_CONFIG, a directory, where that is set. DOCKER_AUTH_CONFIG, a document, comes before both.",
            valueName: "path"))
    var dockerConfig: String?

    @Option(help: ArgumentHelp("Who the agent is at registry NAME; the password is in a file.", valueName: "name=user"))
    var registryUsername: [NamedValue] = []

    @Option(
        help: ArgumentHelp("The file, mode 0600, that holds the password for registry NAME and nothing else.", valueName: "name=file"))
    var registryPasswordFile: [NamedValue] = []

    @Option(
        help: ArgumentHelp("PEM file of authorities that may vouch for registry NAME, besides the system's.", valueName: "name=file"))
    var registryCa: [NamedValue] = []

    @Option(help: ArgumentHelp("PEM file of the certificate that registry NAME wants of its clients.", valueName: "name=file"))
    var registryCertificate: [NamedValue] = []

    @Option(help: ArgumentHelp("PEM file of that certificate's key, without a passphrase.", valueName: "name=file"))
    var registryKey: [NamedValue] = []

    @Option(
        help: ArgumentHelp(
            "Take registry NAME's certificates unseen; without a URL for it, ask it in plain HTTP if it knows no TLS.", valueName: "name"))
    var registryInsecure: [NamedSwitch] = []

    @Option(
        help: ArgumentHelp(
            "Give everybody who reaches the mirror what the agent may have at registry NAME, without a proof that they may.",
            discussion: "NAME=false: nobody gets anything of it without one, not even while the registry does not answer.",
            valueName: "name"))
    var registryShare: [NamedSwitch] = []
}
