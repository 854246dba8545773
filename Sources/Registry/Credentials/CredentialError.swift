/// Why credentials that the settings name cannot be had. No text shows anything of what a file or a helper said.
public enum CredentialError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A file that cannot be opened or read.
    case unreadable(path: String, reason: String)
    /// A file that others than its owner may read.
    case exposed(path: String, mode: UInt32)
    case tooLarge(path: String, limitBytes: Int)
    /// Not what docker writes.
    case malformed(path: String, reason: String)
    /// A password's file with nothing in it.
    case empty(path: String)
    /// A helper's name with anything but letters, digits and `. _ -`, which must not become part of a path.
    case malformedHelper(path: String, name: String)
    case noHelper(name: String)
    case helperFailed(name: String, reason: String)
    /// A user's name without a password, or the other way round.
    case incomplete(registry: String, missing: String)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read the credentials in \(path): \(reason)"
        case .exposed(let path, let mode):
            "\(path) holds a password and others may read it (mode \(String(mode, radix: 8))): run chmod 600 \(path)"
        case .tooLarge(let path, let limitBytes): "\(path) is larger than \(limitBytes) bytes: it holds no credentials"
        case .malformed(let path, let reason): "\(path) is no docker configuration: \(reason)"
        case .empty(let path): "\(path) is empty: write the password into it, nothing else"
        case .malformedHelper(let path, let name):
            "\(path): \"\(name.prefix(100))\" is no credential helper: write NAME where docker-credential-NAME is the program"
        case .noHelper(let name): "docker-credential-\(name) is not in PATH: install it, or remove it from docker's configuration"
        case .helperFailed(let name, let reason):
            "docker-credential-\(name) \(reason): try it by hand, echo REGISTRY | docker-credential-\(name) get"
        case .incomplete(let registry, let missing): "registry \(registry) is given credentials without \(missing): give both"
        }
    }
}
