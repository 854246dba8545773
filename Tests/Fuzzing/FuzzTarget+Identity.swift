import Swarm

extension FuzzTarget {
    /// Everything that a person or a client types.
    static let identity: [FuzzTarget] = [
        FuzzTarget(name: "digest") { bytes in
            guard let digest = try? Digest(parsing: String(decoding: bytes, as: UTF8.self)) else { return }
            precondition((try? Digest(parsing: digest.description)) == digest, "\(digest) changes when it is printed and read")
        },
        FuzzTarget(name: "reference") { bytes in
            guard let reference = try? Reference(parsing: String(decoding: bytes, as: UTF8.self)) else { return }
            precondition((try? Reference(parsing: "\(reference)")) == reference, "\(reference) changes when it is printed and read")
        },
    ]
}
