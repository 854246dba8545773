import Glibc

/// The system's limit on this process's open files, of which every socket is one.
enum OpenFileLimit {
    /// Besides the sockets: standard streams, event loops, what libraries hold open.
    static let otherFiles = 64

    enum Verdict: Hashable {
        case enough
        /// The process may raise its own limit that far.
        case raise(to: UInt64)
        /// Not even that helps.
        case short(of: UInt64, limit: UInt64)
    }

    static func judge(sockets: Int, soft: UInt64, hard: UInt64) -> Verdict {
        let needed = UInt64(sockets) + UInt64(otherFiles)
        if needed <= soft { return .enough }
        return needed <= hard ? .raise(to: needed) : .short(of: needed, limit: hard)
    }

    /// Makes room for so many sockets, by raising the soft limit if need be.
    ///
    /// - Parameter request: what asks for them, as it was typed: `--agents 5000`.
    static func require(sockets: Int, for request: String) throws(LoadError) {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        let hard = UInt64(limit.rlim_max)
        switch judge(sockets: sockets, soft: UInt64(limit.rlim_cur), hard: hard) {
        case .enough: return
        case .raise(let needed):
            limit.rlim_cur = rlim_t(needed)
            guard setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
                throw .openFiles(request, needed: needed, limit: hard)
            }
        case .short(let needed, let hard): throw .openFiles(request, needed: needed, limit: hard)
        }
    }
}
