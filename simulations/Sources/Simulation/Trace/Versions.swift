/// The versions of each repository, by time.
struct Versions {
    /// When each came, and which image it is.
    let ofRepository: [[(time: Duration, image: Int)]]

    init(_ images: [RegistryWorkload.Image]) {
        var versions = Array(repeating: [(time: Duration, image: Int)](), count: (images.map(\.repository).max() ?? -1) + 1)
        for (index, image) in images.enumerated() { versions[image.repository].append((image.pushed, index)) }
        ofRepository = versions.map { $0.sorted { $0.time < $1.time } }
    }

    /// What a repository's newest image is at this time.
    func newest(_ repository: Int, at time: Duration) -> Int {
        let versions = ofRepository[repository]
        return (versions.last { $0.time <= time } ?? versions[0]).image
    }
}
