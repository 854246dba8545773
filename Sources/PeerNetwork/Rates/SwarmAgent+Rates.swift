import Swarm
import UVLoop

/// Keeping to the download limit to the byte: the policy asks for no more than it may, piece by piece, and this evens out the pieces.
extension SwarmAgent {
    /// Bytes of a peer have been taken in: is it its turn again now?
    func pace(_ link: PeerLink, _ bytes: Int) {
        guard let wait = readingPace?.spend(bytes, on: link.id, at: now) else { return }
        link.isPaced = true
        link.connection.pauseReading()
        readingPace?.arm { LoopTimer(on: loop, after: wait) { self.readOn() } }
    }

    private func readOn() {
        for id in readingPace?.wake() ?? [] {
            guard let link = links[id] else { continue }
            link.isPaced = false
            resumeReading(link)
        }
    }

    /// Reads on, unless something else than before stands against it.
    func resumeReading(_ link: PeerLink) {
        guard !link.isPaced, link.backlog.isEmpty else { return }
        link.connection.resumeReading()
    }
}
