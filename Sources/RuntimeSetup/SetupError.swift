/// Why a runtime's settings cannot be read or changed: one line that names the file and the remedy.
public enum SetupError: Error, Hashable, CustomStringConvertible {
    /// The system refuses to read a file or a folder.
    case unreadable(path: String, reason: String)
    /// The system refuses to write it.
    case unwritable(path: String, reason: String)
    /// Not what the runtime would understand.
    case malformed(path: String, line: Int?, reason: String)
    /// A setting excludes what would have to be added.
    case conflict(path: String, line: Int, setting: String, remedy: String)
    /// dockerd asks mirrors for Docker Hub's images alone.
    case hubOnly(registry: String, mirror: String)
    /// A name with a port cannot be a part of an image's path, which is where these tools tell a mirror what they want.
    case portInPath(registry: String)

    /// The line.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason)" + (reason == "Permission denied" ? ": run it as root (sudo shoal setup …)" : "")
        case .malformed(let path, let line, let reason): "\(path)\(line.map { ":\($0)" } ?? ""): \(reason): mend the file first"
        case .conflict(let path, let line, let setting, let remedy): "\(path):\(line): \(setting): \(remedy)"
        case .hubOnly(let registry, let mirror):
            "docker asks mirrors for images of docker.io alone: leave --registry \(registry) out, and pull its images as "
                + "\(mirror)/\(registry)/REPOSITORY:TAG"
        case .portInPath(let registry):
            "\(registry) has a port, which cannot stand in a mirror's location: give the registry a name without one, and tell the agent where "
                + "that is (shoal agent --registry NAME=URL)"
        }
    }
}
