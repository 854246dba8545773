import Swarm

/// Nodes want images, and get them.
extension World {
    /// - Parameter at: nanoseconds since the scenario's time began.
    func plan(_ image: Int, node: Int, at: Int64) {
        pulls.append(PullRun(node: node, image: image))
        waiting += nodes[node].isHonest ? 1 : 0
        schedule(at: Self.settling + at, .wants(pull: pulls.count - 1))
    }

    func plan(_ pull: Scenario.Pull, node: Int) {
        let spread = pull.over.inNanoseconds
        let late = spread > 0 ? Int64(strand.random.next() % UInt64(spread)) : 0
        plan(pull.image, node: node, at: pull.at.inNanoseconds + late)
    }

    func wants(_ index: Int) {
        let node = pulls[index].node
        pulls[index].wantedAt = queue.now
        nodes[node].pulls.append(index)
        if nodes[node].isAlive {
            pull(index)
        } else if !nodes[node].comesBack {
            giveUp(index)
        }
    }

    /// Asks for what the node has not of the image; also of what was begun before it died.
    func pull(_ index: Int) {
        let node = pulls[index].node
        let lacking = scenario.images[pulls[index].image].layers.filter { !nodes[node].policy.holds(blobs[$0].digest) }
        pulls[index].missing = lacking.count
        if lacking.isEmpty { return end(index) }
        for layer in lacking where !nodes[node].policy.isTransferring(blobs[layer].digest) {
            let blob = blobs[layer]
            let stored = nodes[node].progress.recorded(layer).map { pieces in
                // A store keeps as many states as its pieces reach.
                StoredPieces(size: blob.layout.blobSize, states: blob.states.slice(1..<(pieces.max() ?? 0) + 2), pieces: pieces)
            }
            give(.want(blob.digest, reader: ReaderID(1), stored: stored, size: blob.layout.blobSize), to: node)
        }
    }

    func published(_ index: Int, _ epoch: Int, _ digest: Digest, _ size: UInt64) {
        guard nodes[index].epoch == epoch, nodes[index].policy.isTransferring(digest), let blob = blobIndex(digest) else { return }
        give(.published(digest, size: size), to: index)
        nodes[index].progress.forget(blob)
        for pull in nodes[index].pulls where scenario.images[pulls[pull].image].layers.contains(blob) {
            pulls[pull].missing -= 1
            if pulls[pull].missing == 0 { end(pull) }
        }
    }

    /// The node's client is told that the blob cannot be had.
    func failed(_ index: Int, _ digest: Digest, _ why: String) {
        guard let blob = blobIndex(digest) else { return }
        for pull in nodes[index].pulls where scenario.images[pulls[pull].image].layers.contains(blob) {
            pulls[pull].failure = why
            giveUp(pull)
        }
    }

    /// It will not come to an end.
    func giveUp(_ index: Int) {
        let node = pulls[index].node
        nodes[node].pulls.removeAll { $0 == index }
        waiting -= nodes[node].isHonest ? 1 : 0
    }

    private func end(_ index: Int) {
        pulls[index].wholeAt = queue.now
        giveUp(index)
    }
}
