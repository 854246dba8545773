public import Swarm

/// A blob of which some pieces are on disk. Any number of threads may write pieces and read at once.
///
/// All pieces that it has agree on one list of states, so when none is missing the chain is closed and the blob is right by construction.
public final class PartialBlob: Sendable {
    enum Phase {
        case open
        case finishing
        case whole
        case discarded
    }

    struct State {
        var phase = Phase.open
        /// Pieces whose bytes are in the file.
        var written: PieceSet
        /// Pieces that some thread is writing just now.
        var writing: Set<Int> = []
        /// Pieces in the index, which count again after a restart.
        var recorded: PieceSet
        var states: KnownStates
        /// Indices of the states in the index.
        var recordedStates: PieceSet
    }

    public let digest: Digest
    public let layout: PieceLayout
    /// Reads the pieces there are, and goes on reading when the blob has become whole or was discarded.
    public let reader: ReadableBlob

    let monitor: Monitor<State>
    private let writer: IndexWriter
    private let atStep: (@Sendable (StoreStep) -> Void)?

    /// - Parameter recovered: what an earlier run recorded and this one has verified.
    init(
        _ digest: Digest, layout: PieceLayout, file: OpenFile, recovered: (states: KnownStates, pieces: PieceSet)?, writer: IndexWriter,
        atStep: (@Sendable (StoreStep) -> Void)?
    ) {
        self.digest = digest
        self.layout = layout
        self.reader = ReadableBlob(digest, size: layout.blobSize, file: file)
        self.writer = writer
        self.atStep = atStep
        let none = PieceSet(pieceCount: layout.pieceCount)
        let states = recovered?.states ?? KnownStates(digest: digest, layout: layout)
        let pieces = recovered?.pieces ?? none
        self.monitor = Monitor(State(written: pieces, recorded: pieces, states: states, recordedStates: states.known))
    }

    /// Pieces whose bytes can be read. After a reopening: those that were recorded and still link.
    public var pieces: PieceSet { monitor.withLock { $0.written } }

    /// Bytes of the pieces that are missing.
    var unwrittenBytes: UInt64 {
        let written = UInt64(pieces.count) * UInt64(layout.pieceLength)
        return layout.blobSize > written ? layout.blobSize - written : 0
    }

    /// The states from S_1 up to the first that is not known.
    public var states: StateList { monitor.withLock { $0.states.list } }

    /// What verifies this blob's pieces.
    public var verifier: PieceVerifier { PieceVerifier(digest: digest, layout: layout) }

    /// Writes a verified piece, and records it once it is written.
    ///
    /// Newer knowledge wins: pieces that were written without trust and link to other states than this one are dropped from `pieces`.
    ///
    /// - Parameters:
    ///   - bytes: the whole piece.
    ///   - link: what `PieceVerifier` found for these bytes.
    ///   - isTrusted: whether the states can be believed (vouched or proven). Other pieces are kept in the file only, and do not survive a
    ///     restart unless `record(_:)` names them later.
    /// - Returns: false when the same piece is there already.
    /// - Throws: `diskFull` and the like, with nothing recorded; `contradictingState` when recorded pieces link to another list.
    @discardableResult
    public func write(_ bytes: UnsafeRawBufferPointer, _ link: PieceLink, isTrusted: Bool = true) throws(BlobStoreError) -> Bool {
        let piece = link.piece
        guard piece >= 0, piece < layout.pieceCount else { throw .noSuchPiece(digest, piece: piece) }
        let length = layout.length(of: piece)
        guard bytes.count == length else { throw .wrongPieceLength(digest, piece: piece, expected: length, actual: bytes.count) }
        let isNew = try monitor.wait { state, _ throws(BlobStoreError) -> Bool? in
            // Another thread that writes the same piece may yet fail.
            if state.writing.contains(piece) { return nil }
            try state.requireOpen(digest)
            if state.written.contains(piece), state.agrees(with: link) { return false }
            try state.makeWay(for: link)
            state.writing.insert(piece)
            return true
        }
        guard isNew else {
            if isTrusted { record(CollectionOfOne(piece)) }
            return false
        }
        do throws(BlobStoreError) {
            try reader.file.write(bytes, at: layout.offset(of: piece))
            atStep?(.pieceWritten)
        } catch {
            monitor.change { _ = $0.writing.remove(piece) }
            throw error
        }
        let changes = try monitor.change { state throws(BlobStoreError) in
            state.writing.remove(piece)
            try state.requireOpen(digest)
            // Another piece may have been written meanwhile that links to other states.
            try state.makeWay(for: link)
            state.take(link)
            return isTrusted ? state.record(piece) : []
        }
        writer.submit(changes)
        atStep?(.pieceQueued)
        return true
    }

    /// The same with the bytes in an array.
    @discardableResult
    public func write(_ bytes: [UInt8], _ link: PieceLink, isTrusted: Bool = true) throws(BlobStoreError) -> Bool {
        var result: Result<Bool, BlobStoreError> = .success(false)
        bytes.withUnsafeBytes { buffer in
            do throws(BlobStoreError) {
                result = .success(try write(buffer, link, isTrusted: isTrusted))
            } catch { result = .failure(error) }
        }
        return try result.get()
    }

    /// Records pieces that were written before their states could be believed. Those that are not there are passed over.
    public func record(_ pieces: some Sequence<Int>) {
        writer.submit(monitor.withLock { state in state.phase == .open ? pieces.flatMap { state.record($0) } : [] })
    }

    /// Records states that can be believed, so that pieces can be verified against them after a restart. Pieces that were written without
    /// trust and link to other states are dropped.
    /// - Throws: `contradictingState` when recorded pieces link to another list; nothing is changed then.
    public func record(_ list: StateList) throws(BlobStoreError) {
        let changes = try monitor.withLock { state throws(BlobStoreError) in
            try state.requireOpen(digest)
            let indices = list.first..<max(list.first, min(list.end, layout.pieceCount))
            try state.makeWay(for: indices.compactMap { index in list[index].map { (index, $0) } })
            for index in indices { if let value = list[index] { state.states.set(value, at: index) } }
            return state.recordStates(indices)
        }
        writer.submit(changes)
    }

    /// Drops pieces that turned out to be wrong, and the states that only they link to.
    public func forget(_ pieces: some Sequence<Int>) {
        let changes = monitor.withLock { state in state.phase == .open ? state.forget(Array(pieces), of: digest) : [] }
        writer.submit(changes)
    }

    /// Ends all writing: the blob has become whole by another way, or is discarded.
    func retire(as phase: Phase) { monitor.withLock { $0.phase = phase } }

    /// Ends all writing if no piece is missing; the whole list of states.
    func beginFinishing() throws(BlobStoreError) -> StateList {
        try monitor.withLock { state throws(BlobStoreError) in
            try state.requireOpen(digest)
            guard state.written.isComplete else { throw .missingPieces(digest, count: layout.pieceCount - state.written.count) }
            state.phase = .finishing
            return state.states.list
        }
    }
}
