import Swarm

/// Why a pull failed: one line that names the thing.
enum PullError: Error, CustomStringConvertible {
    case unreachable(String, String)
    case answer(String, status: UInt, String)
    case wrongBytes(Digest)
    case endedShort(Digest, attempts: Int)
    case noDigest(String)
    case noPlatform(String, available: [String])
    case manifest(Digest, String)
    case layout(String, String)

    var description: String {
        switch self {
        case .unreachable(let agent, let why):
            "the agent at \(agent) cannot be reached: \(why): is it running, and is --agent its mirror address?"
        case .answer(let path, let status, let message): "\(path): status \(status): \(message)"
        case .wrongBytes(let digest): "the agent sent bytes that are not \(digest): report this, it should never happen"
        case .endedShort(let digest, let attempts): "\(digest) ended short \(attempts) times: the agent's log says why"
        case .noDigest(let path): "\(path): the answer names no digest: --agent must be an agent's mirror address"
        case .noPlatform(let wanted, let available):
            "the image has nothing for \(wanted): choose one of \(available.joined(separator: ", ")) with --platform"
        case .manifest(let digest, let why): "manifest \(digest.short): \(why)"
        case .layout(let path, let why): "\(path) cannot be written: \(why): choose another directory with -o DIR"
        }
    }
}
