import Swarm

/// Digests, references and repository paths, as people and clients write them.
enum Target: FuzzTarget {
    static var seeds: [[UInt8]] {
        let digests = Samples.digests.map(\.description)
        let references = [
            "busybox", "library/busybox:1.36", "docker.io/library/busybox@\(digests[0])", "localhost:5000/a/b__c:tag@\(digests[0])",
            "ghcr.io/org/app:v1", "[::1]:5000/a",
        ]
        return digests.map { seed(0, $0) } + references.flatMap { [seed(1, $0), seed(2, $0)] } + [seed(3, "latest"), seed(3, digests[0])]
    }

    static func run(_ bytes: [UInt8]) {
        guard let choice = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch choice % 4 {
        case 0:
            guard let digest = try? Digest(parsing: text) else { return }
            precondition(digest.description == text, "there is one way to write a digest")
            precondition(Digest(digest.algorithm, bytes: digest.bytes) == digest)
        case 1:
            guard let reference = try? Reference(parsing: text) else { return }
            precondition(Reference.isRepository(reference.repository))
            precondition((try? Reference(parsing: reference.description)) == reference, "a reference reads back: \(reference)")
        case 2:
            let path = RepositoryPath(text)
            precondition((path.registry.map { "\($0)/" } ?? "") + path.repository == text, "splitting loses nothing")
        default:
            guard let target = try? Reference.Target(parsing: text) else { return }
            precondition(target.description == text)
        }
    }
}
