import ArgumentParser
import Operations
import Registry

/// What the agent is told about registries: where they are, and with what credentials. `RegistryOptions+Settings` makes the origin client's
/// settings of it.
struct RegistryOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to find registry NAME, such as docker.io=http://127.0.0.1:5001; repeatable.", valueName: "name=url"))
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
}
