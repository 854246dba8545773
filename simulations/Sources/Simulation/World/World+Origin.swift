import Swarm

/// The registry: what `OriginWindow` asks of it, over its link and the node's.
extension World {
    /// What one node may have of all that comes from origins: bytes in memory and streams.
    private static let originLimitBytes = 64 << 20

    func fetch(_ digest: Digest, _ order: OriginOrder, at index: Int) {
        guard let blob = blobIndex(digest) else { return }
        nodes[index].runs[digest].map(endRun)
        lastRun += 1
        let window = OriginWindow(
            first: order.firstPiece, end: order.endPiece, layout: nodes[index].policy.layout(of: digest), habit: nodes[index].habit,
            streamLimit: streams(of: index))
        runs[lastRun] = OriginRun(node: index, blob: blob, order: order, layout: blobs[blob].layout, window: window)
        nodes[index].runs[digest] = lastRun
        ask(lastRun)
    }

    private func streams(of node: Int) -> Int { max(1, OriginWindowPolicy().streamLimit / nodes[node].policy.blobsFromOrigins) }

    private func ask(_ number: Int) {
        guard let run = runs[number] else { return }
        let (limit, zone) = (Self.originLimitBytes / max(1, nodes[run.node].runs.count), nodes[run.node].zone)
        for ask in run.window.asks(limitBytes: limit, streamLimit: streams(of: run.node), now: now) {
            let (there, back) = (latency(zone, originZone, strand), latency(zone, originZone, strand))
            schedule(at: queue.now + there + scenario.origin.firstByte.inNanoseconds + back, .originAnswers(run: number, ask))
        }
    }

    func originAnswers(_ number: Int, _ ask: OriginAsk) {
        guard let run = runs[number], ask.firstPiece < run.end else { return }
        guard isOriginThere, !isCut(nodes[run.node].zone, originZone) else { return failRun(number, .broken("the origin is gone")) }
        guard originStreams < scenario.origin.streamLimit else {
            originRefusals += 1
            if run.window.failed(ask.id, gathered: 0) { return self.ask(number) }
            return failRun(number, .broken("429"))
        }
        let layout = blobs[run.blob].layout
        if !run.hasAnswered {
            run.hasAnswered = true
            run.heardAt = queue.now
            give(.originAnswered(blobs[run.blob].digest, size: layout.blobSize), to: run.node)
            guard runs[number] != nil else { return }
        }
        guard run.window.answered(ask.id, layout: layout, isWhole: false, now: now) else {
            return failRun(number, .broken("an unusable answer"))
        }
        let range = layout.byteRange(of: ask.firstPiece..<(ask.endPiece ?? layout.pieceCount))
        let zone = nodes[run.node].zone
        let between = originZone.map { $0 == zone ? [] : [zones[$0].up, zones[zone].down] } ?? []
        let ports = [originUp] + between + [nodes[run.node].down]
        let flow = open(.stream(run: number, ask: ask.id), through: ports.compactMap(\.self))
        network.setLimit(flow, min(scenario.origin.streamRate, lossLimit(zone, originZone)))
        run.streams[ask.id] = OriginRun.Stream(ask: ask, begin: range.lowerBound, bytes: range.count, flow: flow)
        originStreams += 1
        network.start(flow, now: queue.now)
        if range.isEmpty { advance(number, ask.id, sent: 0) } else { reschedule(run: number, ask: ask.id) }
        self.ask(number)
    }

    /// Bytes of one answer are through.
    func advance(_ number: Int, _ id: Int, sent: Double) {
        guard let run = runs[number], var stream = run.streams[id] else { return }
        let received = min(stream.bytes, Int(sent))
        let fresh = received - stream.received
        nodes[run.node].bytesFromOrigin += fresh
        stream.received = received
        run.streams[id] = stream
        run.window.received(id, bytes: fresh, now: now)
        gather(stream, of: run)
        if received == stream.bytes {
            run.window.ended(id)
            endStream(run, id)
        }
        if queue.now - run.heardAt > 500_000_000 {
            run.heardAt = queue.now
            give(.originFlows(blobs[run.blob].digest), to: run.node)
        }
        hashNext(number)
        ask(number)
    }

    private func gather(_ stream: OriginRun.Stream, of run: OriginRun) {
        let layout = blobs[run.blob].layout
        var piece = stream.ask.firstPiece
        while piece < run.end, layout.byteRange(of: piece..<piece + 1).upperBound <= stream.begin + UInt64(stream.received) {
            run.gathered.insert(piece)
            piece += 1
        }
    }

    private func hashNext(_ number: Int) {
        guard let run = runs[number], !run.isHashing, run.next < run.end, run.gathered.contains(run.next) else { return }
        run.isHashing = true
        let length = blobs[run.blob].layout.length(of: run.next)
        schedule(at: work(storing(length), at: run.node), .originHashed(run: number))
    }

    func originHashed(_ number: Int) {
        guard let run = runs[number] else { return }
        let blob = blobs[run.blob]
        let piece = run.next
        run.isHashing = false
        run.next += 1
        run.heardAt = queue.now
        run.window.stored(upTo: run.next)
        record(run.blob, piece, at: run.node)
        let isFilled = run.next >= run.end
        if isFilled { endRun(number) }
        let state = piece == blob.layout.lastPiece ? nil : blob.states[piece + 1]
        give(.originBrought(blob.digest, piece: piece, end: state), to: run.node)
        if isFilled { return give(.originEnded(blob.digest, nil), to: run.node) }
        hashNext(number)
        ask(number)
    }

    // MARK: Ends

    private func endStream(_ run: OriginRun, _ id: Int) {
        guard let stream = run.streams.removeValue(forKey: id) else { return }
        if let flow = stream.flow {
            // What is stopped in the middle has come that far.
            let received = min(stream.bytes, Int(network.sent(flow, now: queue.now)))
            nodes[run.node].bytesFromOrigin += max(0, received - stream.received)
            close(flow)
        }
        originStreams -= 1
    }

    /// Only what was asked for is still to come; of a long answer, the piece that is being received.
    func drain(_ number: Int) {
        guard let run = runs[number] else { return }
        switch run.window.drain() {
        case .upTo(let end): run.end = end
        case .open(let ask, let first):
            run.end = first
            cut(number, ask)
        }
        guard runs[number] != nil, run.next >= run.end, !run.isHashing else { return }
        endRun(number)
        give(.originEnded(blobs[run.blob].digest, nil), to: run.node)
    }

    /// Has an answer end with the piece that is being received.
    private func cut(_ number: Int, _ ask: Int) {
        guard let run = runs[number], let stream = run.streams[ask], let flow = stream.flow else { return }
        let (layout, sent) = (blobs[run.blob].layout, Int(network.sent(flow, now: queue.now)))
        while layout.byteRange(of: stream.ask.firstPiece..<run.end).count < min(sent, stream.bytes) { run.end += 1 }
        let bytes = layout.byteRange(of: stream.ask.firstPiece..<run.end).count
        run.streams[ask]?.bytes = bytes
        guard bytes > sent else { return advance(number, ask, sent: Double(sent)) }
        reschedule(run: number, ask: ask)
    }

    func endRun(_ number: Int) {
        guard let run = runs.removeValue(forKey: number) else { return }
        for id in run.streams.keys.sorted() { endStream(run, id) }
        nodes[run.node].runs[blobs[run.blob].digest] = nil
        nodes[run.node].habit = run.window.habit
    }

    func failRun(_ number: Int, _ failure: OriginFailure) {
        guard let run = runs[number] else { return }
        endRun(number)
        give(.originEnded(blobs[run.blob].digest, failure), to: run.node)
    }
}
