/// A container runtime that can be pointed at an agent.
public enum ContainerRuntime: String, Sendable, CaseIterable, Codable {
    /// containerd, with a hosts.toml for each registry or one for all.
    case containerd
    /// dockerd, with registry-mirrors.
    case docker
    /// CRI-O, with registries.conf.
    case crio
    /// podman, buildah and skopeo, with the same registries.conf.
    case podman

    /// Where its settings are unless it was told otherwise.
    public var usualFile: String {
        switch self {
        case .containerd: "/etc/containerd/config.toml"
        case .docker: "/etc/docker/daemon.json"
        case .crio, .podman: "/etc/containers/registries.conf"
        }
    }
}
