extension ReferenceSwarm {
    /// Runs event by event: whoever is done with a piece asks for another one at once, of whoever has a place free.
    ///
    /// - Returns: seconds after which each of those that were not the source had all.
    consuming func runEvents() -> [Double] {
        var run = Run(swarm: self)
        run.ask(run.swarm.peers[0].neighbours)
        while let event = run.queue.pop() { run.handle(event) }
        return Array(run.finished.dropFirst())
    }

    private struct Run: ~Copyable {
        /// The version tells the event that holds from those before the flow's rate changed.
        struct Event {
            let flow: FluidNetwork.FlowID
            let version: Int
        }

        var swarm: ReferenceSwarm
        var queue = EventQueue<Event>()
        var finished: [Double]
        /// By flow.
        private var transfers: [Transfer] = []
        private var versions: [Int] = []

        init(swarm: consuming ReferenceSwarm) {
            finished = Array(repeating: 0, count: swarm.peers.count)
            self.swarm = swarm
        }

        mutating func handle(_ event: Event) {
            let flow = Int(event.flow)
            guard versions[flow] == event.version else { return }
            versions[flow] += 1
            let transfer = transfers[flow]
            swarm.network.close(event.flow, now: queue.now)
            swarm.peers[transfer.from].sending -= 1
            swarm.peers[transfer.to].receiving -= 1
            swarm.receive(transfer)
            if swarm.isComplete(transfer.to) { finished[transfer.to] = Double(queue.now) / 1e9 }
            // Who has a place again, for whom the sender has one, and who finds something new.
            ask([transfer.to] + swarm.peers[transfer.from].neighbours + swarm.peers[transfer.to].neighbours)
        }

        mutating func ask(_ peers: [Int]) {
            for peer in peers.shuffled(using: &swarm.random) {
                while let transfer = swarm.ask(peer) {
                    let flow = Int(swarm.start(transfer, now: queue.now))
                    if flow == transfers.count {
                        transfers.append(transfer)
                        versions.append(0)
                    }
                    transfers[flow] = transfer
                }
            }
            for flow in swarm.network.takeChanged(now: queue.now) where swarm.network.flows[Int(flow)].isRunning {
                versions[Int(flow)] += 1
                guard let time = swarm.network.time(of: ReferenceSwarm.pieceBytes, flow) else { continue }
                queue.schedule(at: time, Event(flow: flow, version: versions[Int(flow)]))
            }
        }
    }
}
