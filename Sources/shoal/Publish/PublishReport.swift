import Operations
import Publishing

/// What `shoal publish` says when it is done.
struct PublishReport: Encodable {
    let repository: String
    let tag: String
    let digest: String
    let mediaType: String
    let manifests: Int
    let blobs: Int
    let skipped: Int
    let bytes: UInt64
    let sentBytes: UInt64
    /// What agents are told with `--registry`; nil for a directory, whose server is not known.
    let url: String?

    init(_ goal: PublishGoal, _ publication: Publisher.Publication) {
        repository = goal.repository
        tag = goal.tag
        digest = "\(publication.digest)"
        mediaType = publication.mediaType
        (manifests, blobs, skipped) = (publication.manifests, publication.blobs, publication.skipped)
        (bytes, sentBytes) = (publication.bytes, publication.sentBytes)
        url =
            switch goal.place {
            case .bucket(let endpoint, _): endpoint.registryURL
            case .directory: nil
            }
    }

    var text: String {
        """
        \(repository):\(tag) is \(digest)
        \(blobs) blobs of \(ByteCount.size(bytes))\(skipped > 0 ? ", \(skipped) of them there already" : "")
        agents pull it with --registry NAME=\(url ?? "URL, where that is what serves the directory")

        """
    }
}
