import BlobStore
import Swarm
import Synchronization
import UVLoop

/// Carries out one order of the swarm's policy: reads the blob from its origin, hashes and stores it.
///
/// Works on the global pool: the agent's loop hears of whole pieces only, and hashing and files are the loop's thread pool's.
final class OriginRun: Sendable {
    /// Bytes that a reader for which no memory is set aside gathers ahead of the store, but never less than three pieces: one that is
    /// gathered, one that is hashed and one that is written.
    private static let readAheadBytes = 8 << 20
    /// How many bytes, and how much time, a reader gathers before it tells.
    private static let tellBytes = 256 << 10
    private static let tellAfter: Duration = .milliseconds(100)

    let digest: Digest
    private let order: OriginOrder
    private let layout: PieceLayout?
    /// Where the origin may have it, in the order in which to try.
    private let locations: [OriginLocation]
    private let share: OriginShare
    private let habits: [String: OriginHabit]
    private let origin: any OriginFetching
    private let memory: PieceMemory
    private let loop: UVLoop
    private let agent: SwarmAgent
    /// Bytes received that the agent has not been told yet.
    private let untold = Atomic<Int>(0)
    /// The request whose reader goes no further than to the end of the piece that it is at; 0 for none.
    private let cut = Atomic<Int>(0)
    private let events: AsyncStream<OriginEvent>
    private let sink: AsyncStream<OriginEvent>.Continuation
    private let clock = ContinuousClock()
    private let startedAt: ContinuousClock.Instant

    /// - Parameters:
    ///   - layout: nil while the blob's size is not known.
    ///   - share: what the blob may have to begin with.
    ///   - habits: what is known of the registries.
    init(
        _ digest: Digest, _ order: OriginOrder, layout: PieceLayout?, locations: [OriginLocation], share: OriginShare,
        habits: [String: OriginHabit], origin: any OriginFetching, memory: PieceMemory, agent: SwarmAgent
    ) {
        self.digest = digest
        self.order = order
        self.layout = layout
        self.locations = locations
        self.share = share
        self.habits = habits
        self.origin = origin
        self.memory = memory
        self.loop = agent.loop
        self.agent = agent
        (events, sink) = AsyncStream.makeStream()
        startedAt = clock.now
    }

    private var now: Instant { Instant.zero + (clock.now - startedAt) }

    /// Bytes received since this was last asked.
    func takeUntold() -> Int { untold.exchange(0, ordering: .relaxed) }

    /// Asks for nothing more, and ends when all that was asked for has come.
    func drain() { sink.yield(.drain) }

    /// Does all of it. Cancelling ends every stream; what is being written is written to its end.
    ///
    /// - Returns: how it ended, and what it has shown of which registry.
    @concurrent
    func run() async -> (OriginOutcome, learnt: (registry: String, habit: OriginHabit)?) {
        await withDiscardingTaskGroup { group in
            var partial: PartialBlob?
            var allowances: [Int: AsyncStream<Void>.Continuation] = [:]
            let habit = locations.first.flatMap { habits[$0.registry] } ?? OriginHabit()
            var progress = OriginProgress(
                digest, order, layout: layout, habit: habit, share: share, now: now)
            var steps = progress.begin(now: now)
            var outcome: OriginOutcome?
            var incoming = events.makeAsyncIterator()
            while outcome == nil {
                for step in steps {
                    switch step {
                    case .fetch(let ask):
                        let (allowed, allow) = AsyncStream<Void>.makeStream()
                        allowances[ask.id] = allow
                        let location = progress.location
                        group.addTask { await self.read(ask, from: location.map { [$0] } ?? self.locations, allowed) }
                    case .allow(let ask): allowances[ask]?.yield()
                    case .cut(let ask): cut.store(ask, ordering: .relaxed)
                    case .open(let size): group.addTask { await self.open(size) }
                    case .hash(let whole, let start): group.addTask { [partial] in await self.keep(whole, start, in: partial) }
                    case .write(let whole, let link):
                        guard let partial else { preconditionFailure("nothing is written before the store is opened") }
                        group.addTask { await self.write(whole, link, to: partial) }
                    case .report(let reports): group.addTask { await self.report(reports) }
                    case .end(let how): outcome = outcome ?? how
                    }
                }
                guard outcome == nil, let event = await incoming.next(isolation: #isolation) else { break }
                if case .opened(let store) = event { partial = store }
                if case .ended(let ask) = event { allowances[ask] = nil }
                steps = progress.handle(event, now: now)
            }
            group.cancelAll()
            let learnt = progress.location.map { (registry: $0.registry, habit: progress.window.habit) }
            return (outcome ?? .finished, learnt)
        }
    }

    // MARK: Reading

    /// Reads one answer to its end, or to the end of what the order wants of it.
    ///
    /// - Parameter allowed: an element for each piece that may be gathered beyond those that always may.
    @concurrent
    private func read(_ ask: OriginAsk, from places: [OriginLocation], _ allowed: AsyncStream<Void>) async {
        do throws(OriginFailure) {
            let (answer, place) = try await fetch(ask, from: places)
            sink.yield(.answered(ask: ask.id, size: answer.blobSize, isRangeIgnored: answer.isRangeIgnored, location: place))
            guard let layout = PieceLayout(blobSize: answer.blobSize), self.layout == nil || self.layout == layout else { return }
            let orderEnd = min(order.endPiece ?? layout.pieceCount, layout.pieceCount)
            let end = answer.isRangeIgnored ? orderEnd : min(ask.endPiece ?? orderEnd, orderEnd)
            guard ask.firstPiece < end else { return }
            try await gather(ask, answer, layout, ask.firstPiece..<end, allowed)
            // Reading on finds the end, which lets the connection serve the next request.
            if !answer.isRangeIgnored, !isCut(ask) { _ = try? await answer.next() }
            sink.yield(.ended(ask: ask.id))
        } catch {
            sink.yield(.failed(ask: ask.id, error))
        }
    }

    private func gather(
        _ ask: OriginAsk, _ answer: OriginAnswer, _ layout: PieceLayout, _ wanted: Range<Int>, _ allowed: AsyncStream<Void>
    ) async throws(OriginFailure) {
        var pieces = OriginPieces(layout: layout, pieces: wanted, memory: memory)
        var allowance = allowed.makeAsyncIterator()
        let ahead = max(3, min(Self.readAheadBytes, share.bytes) / layout.pieceLength)
        var free = ask.isReserved ? (ask.endPiece ?? 0) - ask.firstPiece : 2
        // What is read ahead at the very beginning would only take the cores from the first piece, which somebody waits for.
        var more = ask.isReserved ? 0 : ahead - free
        var untoldBytes = 0
        var toldAt = clock.now
        defer { if untoldBytes > 0 { sink.yield(.received(ask: ask.id, bytes: untoldBytes)) } }
        for _ in wanted where !isCut(ask) {
            if free > 0 {
                free -= 1
            } else {
                // Nil when the run was cancelled.
                guard await allowance.next(isolation: #isolation) != nil else { return }
                if more > 0 {
                    more -= 1
                    free += 1
                }
            }
            let whole = try await pieces.next(from: answer) { bytes in
                untold.add(bytes, ordering: .relaxed)
                untoldBytes += bytes
                let now = clock.now
                guard untoldBytes >= Self.tellBytes || now - toldAt >= Self.tellAfter else { return }
                sink.yield(.received(ask: ask.id, bytes: untoldBytes))
                untoldBytes = 0
                toldAt = now
            }
            if let whole { sink.yield(.gathered(ask: ask.id, whole)) }
        }
    }

    private func isCut(_ ask: OriginAsk) -> Bool { cut.load(ordering: .relaxed) == ask.id }

    private func fetch(
        _ ask: OriginAsk, from places: [OriginLocation]
    ) async throws(OriginFailure) -> (OriginAnswer, OriginLocation) {
        var failure = OriginFailure.refused("nobody said which registry has \(digest.short)")
        for place in places {
            do throws(OriginFailure) {
                return (try await origin.fetch(digest, at: place, range: ask.byteRange), place)
            } catch {
                failure = error
            }
        }
        throw failure
    }

    // MARK: Keeping

    private func open(_ size: UInt64) async {
        do throws(OriginFailure) {
            sink.yield(.opened(try await agent.originAnswered(digest, size: size)))
        } catch {
            sink.yield(.notStored(error))
        }
    }

    /// Hashes a piece and writes it, in one go: the next one can be hashed as soon as this one's state is known.
    private func keep(_ whole: OriginPieces.Whole, _ start: ChainState?, in partial: PartialBlob?) async {
        let verifier = PieceVerifier(digest: digest, layout: whole.layout)
        let sink = sink
        do {
            try await loop.work {
                try whole.buffer.withBytes(whole.length) { bytes in
                    let check = verifier.check(bytes, piece: whole.piece, start: start, end: nil)
                    sink.yield(.hashed(whole, check, isBeingWritten: partial != nil))
                    guard let partial, case .links(let link) = check else { return }
                    try partial.write(bytes, link)
                    sink.yield(.written(piece: whole.piece))
                }
            }
        } catch {
            // Only writing fails.
            guard let partial else { return }
            sink.yield(.notStored(await agent.originNotStored(digest, error, in: partial)))
        }
    }

    private func write(_ whole: OriginPieces.Whole, _ link: PieceLink, to partial: PartialBlob) async {
        do {
            try await loop.work { _ = try whole.buffer.withBytes(whole.length) { try partial.write($0, link) } }
            sink.yield(.written(piece: whole.piece))
        } catch {
            sink.yield(.notStored(await agent.originNotStored(digest, error, in: partial)))
        }
    }

    private func report(_ reports: [OriginReport]) async {
        sink.yield(.reported(share: await agent.originBrought(digest, reports, by: self)))
    }
}
