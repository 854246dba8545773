/// Why nothing could be measured at all: one line with the remedy.
public enum LoadError: Error, Hashable, CustomStringConvertible {
    /// - Parameter needed: open files; `limit` is the system's hard limit.
    case openFiles(_ request: String, needed: UInt64, limit: UInt64)
    case tracker(_ address: String, why: String)
    case mirror(_ url: String, why: String)
    case image(_ reference: String, why: String)

    public var description: String {
        switch self {
        case .openFiles(let request, let needed, let limit):
            "\(request) needs \(needed) open files, and the limit is \(limit): raise it (ulimit -n \(needed), as root; "
                + "LimitNOFILE=\(needed) in a systemd unit), or ask for fewer"
        case .tracker(let address, let why):
            "no tracker answers at \(address): \(why); --address is what shoal-tracker has as --listen, port 7600 unless told otherwise"
        case .mirror(let url, let why):
            "no mirror answers at \(url): \(why); --mirror is the address of an agent's mirror, http://127.0.0.1:5000 unless told otherwise"
        case .image(let reference, let why): "\(reference) cannot be pulled: \(why)"
        }
    }
}
