import Glibc
import LMDB
import Swarm

/// What a tracker keeps in LMDB for its next run: nodes, swarms and members. Synchronous; runs on the pool.
final class TrackerMemory: Sendable {
    /// One thing to be kept or forgotten.
    enum Entry: Sendable {
        case change(TrackerChange)
        case record(SwarmRecord)
    }

    struct Known: Sendable {
        var nodes: [PeerRecord] = []
        var swarms: [SwarmRecord] = []
        var members: [(Digest, NodeID, isSeed: Bool)] = []
    }

    private let environment: Environment
    private let nodes: Table<[UInt8], NodeValue>
    private let swarms: Table<[UInt8], SwarmValue>
    /// The value is 1 for a seed.
    private let members: Table<[UInt8], [UInt8]>
    private let lock: Int32

    init(directory: String) throws(TrackerMemoryError) {
        guard mkdir(directory, 0o755) == 0 || errno == EEXIST else { throw .directory(directory, String(cString: strerror(errno))) }
        lock = open("\(directory)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard lock >= 0 else { throw .directory(directory, String(cString: strerror(errno))) }
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw .locked(directory)
        }
        do throws(LMDBError) {
            var configuration = Environment.Configuration()
            // What is lost with the machine's power is told again by the agents.
            configuration.sync = .lastCommitMayBeLost
            environment = try Environment(path: directory, configuration: configuration)
            nodes = try environment.table("nodes")
            swarms = try environment.table("swarms")
            members = try environment.table("members")
        } catch {
            throw .index(error)
        }
    }

    deinit { close(lock) }

    func load() throws -> Known {
        try environment.read { transaction throws(LMDBError) in
            var known = Known()
            try transaction.forEach(in: nodes) { key, value in
                if let node = NodeID(bytes: key) { known.nodes.append(PeerRecord(node: node, address: value.address, zone: value.zone)) }
                return .proceed
            }
            try transaction.forEach(in: swarms) { key, value in
                if let digest = Self.digest(key), let record = value.record(digest) { known.swarms.append(record) }
                return .proceed
            }
            try transaction.forEach(in: members) { key, value in
                if let digest = Self.digest(key.dropLast(NodeID.byteCount)), let node = NodeID(bytes: key.suffix(NodeID.byteCount)) {
                    known.members.append((digest, node, isSeed: value == [1]))
                }
                return .proceed
            }
            return known
        }
    }

    func keep(_ entries: [Entry]) throws {
        guard !entries.isEmpty else { return }
        try environment.write { transaction throws(LMDBError) in
            for entry in entries {
                switch entry {
                case .record(let record): try transaction.put(SwarmValue(record), at: Self.key(record.digest), in: swarms)
                case .change(.node(let peer)):
                    try transaction.put(NodeValue(address: peer.address, zone: peer.zone), at: peer.node.bytes, in: nodes)
                case .change(.forgetNode(let node)): _ = try transaction.delete(node.bytes, from: nodes)
                case .change(.member(let digest, let node, let isSeed)):
                    try transaction.put([isSeed ? 1 : 0], at: Self.key(digest) + node.bytes, in: members)
                case .change(.forgetMember(let digest, let node)):
                    _ = try transaction.delete(Self.key(digest) + node.bytes, from: members)
                case .change(.forgetSwarm(let digest)): _ = try transaction.delete(Self.key(digest), from: swarms)
                case .change(.swarm): break
                }
            }
        }
    }

    private static func key(_ digest: Digest) -> [UInt8] { [digest.algorithm.rawValue] + digest.bytes }

    private static func digest(_ key: some Collection<UInt8>) -> Digest? {
        guard let first = key.first, let algorithm = DigestAlgorithm(rawValue: first) else { return nil }
        return Digest(algorithm, bytes: Array(key.dropFirst()))
    }
}

/// Why a tracker's memory cannot be opened.
enum TrackerMemoryError: Error, CustomStringConvertible {
    case directory(String, String)
    case locked(String)
    case index(LMDBError)

    var description: String {
        switch self {
        case .directory(let path, let why): "the data directory \(path) cannot be used: \(why): choose another with --data DIR"
        case .locked(let path): "the data directory \(path) is in use by another tracker: stop it, or choose another with --data DIR"
        case .index(let error): error.description
        }
    }
}
