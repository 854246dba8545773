public import Operations

/// A runtime, and the agent that it shall pull through.
public struct SetupRequest: Sendable, Hashable {
    /// Which runtime.
    public let runtime: ContainerRuntime
    /// Its settings: `config.toml`, `daemon.json` or `registries.conf`. What belongs to them lies beside them.
    public let file: String
    /// Where the agent's mirror listens, as the runtime reaches it.
    public let mirror: HostPort
    /// Whether the mirror speaks TLS.
    public let speaksTLS: Bool
    /// Registries by name, `docker.io`; none for all that the runtime can be told at once.
    public let registries: [String]

    /// A request; `file` defaults to the runtime's usual one.
    public init(_ runtime: ContainerRuntime, file: String? = nil, mirror: HostPort, speaksTLS: Bool = false, registries: [String] = []) {
        self.runtime = runtime
        self.file = file ?? runtime.usualFile
        self.mirror = mirror
        self.speaksTLS = speaksTLS
        self.registries = registries
    }

    /// What is missing for the runtime to pull through the agent. A plan without changes: it does already.
    /// - Throws: `SetupError`; then nothing should be changed.
    public func plan(_ files: some ConfigurationFiles) throws(SetupError) -> SetupPlan {
        switch runtime {
        case .containerd: try containerdPlan(files)
        case .docker: try dockerPlan(files)
        case .crio, .podman: try registriesConfPlan(files)
        }
    }

    /// What has to go for the runtime to be as it was before.
    /// - Throws: `SetupError`; then nothing should be changed.
    public func undo(_ files: some ConfigurationFiles) throws(SetupError) -> SetupPlan {
        switch runtime {
        case .containerd: try containerdUndo(files)
        case .docker: try dockerUndo(files)
        case .crio, .podman: try registriesConfUndo(files)
        }
    }

    /// Where the runtime looks first for images, as far as its settings say so.
    /// - Throws: `SetupError`.
    public func firstMirrors(_ files: some ConfigurationFiles) throws(SetupError) -> [FirstMirror] {
        switch runtime {
        case .containerd: try containerdMirrors(files)
        case .docker: try dockerMirrors(files)
        case .crio, .podman: try registriesConfMirrors(files)
        }
    }

    /// `http://127.0.0.1:5000`.
    var mirrorURL: String { "\(speaksTLS ? "https" : "http")://\(mirror)" }

    /// What is wrong with how a URL of the agent's has it asked; nil for nothing, and for other mirrors.
    func obstacle(_ url: String) -> String? {
        guard FirstMirror.address(url) == "\(mirror)", url.hasPrefix(speaksTLS ? "http://" : "https://") else { return nil }
        return "the mirror is asked as \(url), and speaks \(speaksTLS ? "TLS" : "plain HTTP")"
    }

    /// The folder that the settings lie in, without a slash at the end.
    var folder: String {
        file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
    }
}
