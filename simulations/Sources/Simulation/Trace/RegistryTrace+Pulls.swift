/// From single requests to pulls of images.
extension RegistryTrace {
    /// What the requests come to, when blobs that a client fetched from one repository with no longer pause than `pause` between them are
    /// one pull. A manifest begins another one.
    ///
    /// A client does not ask for what it has, so an image is what was fetched of it: pulls of one repository are of the same image only
    /// where they fetched the same. Nodes are the clients in the order in which they come.
    ///
    /// - Parameter pause: a longer time between two requests is the next pull; Docker asks for an image's layers nearly at once.
    public func workload(pause: Duration = .seconds(60)) -> RegistryWorkload {
        var grouping = PullGrouping()
        for request in requests { grouping.take(request, pause: pause) }
        return grouping.workload()
    }
}

/// The pulls that have been seen so far.
private struct PullGrouping {
    private struct Source: Hashable {
        let client: String
        let repository: String
    }

    private struct OpenPull {
        var layers: [RegistryWorkload.Layer] = []
        let begin: Duration
        var last: Duration
        let node: Int
        let repository: Int
    }

    private var nodes: [String: Int] = [:]
    private var repositories: [String: Int] = [:]
    private var layerIDs: [String: Int] = [:]
    private var open: [Source: Int] = [:]
    /// In the order of their beginnings.
    private var pulls: [OpenPull] = []

    mutating func take(_ request: RegistryTrace.Request, pause: Duration) {
        let source = Source(client: request.client, repository: request.repository)
        let current = open[source]
        guard request.kind == .blob else {
            // An index, then the manifest that it names: only what has brought blobs is over.
            if let current, !pulls[current].layers.isEmpty { open[source] = nil }
            return
        }
        let id = Self.number(of: request.blob, &layerIDs)
        let layer = RegistryWorkload.Layer(id: id, bytes: request.bytes)
        if let current, request.time - pulls[current].last <= pause {
            pulls[current].last = request.time
            if !pulls[current].layers.contains(where: { $0.id == id }) { pulls[current].layers.append(layer) }
            return
        }
        open[source] = pulls.count
        pulls.append(
            OpenPull(
                layers: [layer], begin: request.time, last: request.time, node: Self.number(of: request.client, &nodes),
                repository: Self.number(of: request.repository, &repositories)))
    }

    func workload() -> RegistryWorkload {
        struct Content: Hashable {
            let repository: Int
            let layers: Set<Int>
        }
        var known: [Content: Int] = [:]
        var workload = RegistryWorkload(images: [], pulls: [])
        for pull in pulls {
            let content = Content(repository: pull.repository, layers: Set(pull.layers.map(\.id)))
            let image = known[content] ?? workload.images.count
            if image == workload.images.count {
                known[content] = image
                workload.images.append(.init(repository: pull.repository, pushed: .zero, layers: pull.layers))
            }
            workload.pulls.append(.init(time: pull.begin, node: pull.node, image: image))
        }
        return workload
    }

    /// Numbers of names, in the order in which they come.
    private static func number(of name: String, _ numbers: inout [String: Int]) -> Int {
        let next = numbers.count
        if let number = numbers[name] { return number }
        numbers[name] = next
        return next
    }
}
