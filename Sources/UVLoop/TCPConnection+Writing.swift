import CLibUV

extension TCPConnection {
    /// From this size on, bytes go to the kernel from where they are; smaller ones are put together first.
    private static let largeBytes = 32 * 1024
    /// What one flush sends at most before other connections get their turn.
    private static let flushBytes = 4 * 1024 * 1024
    /// What one batch on the pool sends at most.
    private static let batchBytes = 2 * 1024 * 1024
    private static let batchSegments = 256
    /// Up to this size a batch whose files lie in memory is sent by the loop itself: handing it to a thread and hearing of its end would cost
    /// more than sending does.
    private static let quickBytes = 260 * 1024

    /// Queues bytes behind what is queued already. Small writes of one turn of the loop go out together at its end.
    ///
    /// - Parameter completion: called once, in a later turn or callback: with nil when the kernel has the bytes, with an error
    ///   when the connection ended before.
    /// - Throws: `UVError`, and then `completion` is not called: `ENOTCONN` unless open; `ENOBUFS` over the connection's limits.
    public func write(_ bytes: [UInt8], completion: ((UVError?) -> Void)? = nil) throws(UVError) {
        try enqueue(.bytes(bytes), completion)
    }

    /// Queues a range of a file, which `sendfile(2)` sends from the thread pool: the loop never waits for the disk.
    ///
    /// A file that turns out shorter than promised breaks the connection, since the peer counts on the bytes.
    ///
    /// - Parameters:
    ///   - file: held open until the range is sent or the connection is closed.
    ///   - offset: the first byte, from the file's beginning.
    ///   - count: how many bytes.
    ///   - completion: as with `write`.
    /// - Throws: as `write`; `EINVAL` for a negative count or an offset over 2^63.
    public func sendFile(
        _ file: OpenFile, offset: UInt64, count: Int, completion: ((UVError?) -> Void)? = nil
    ) throws(UVError) {
        guard count >= 0, offset <= UInt64(Int64.max) - UInt64(count.magnitude) else {
            throw UVError(.invalidArgument, operation: "send \(count) bytes from offset \(offset) of a file to \(peerName)")
        }
        try enqueue(.file(file, offset: offset, count: count), completion)
    }

    private func enqueue(_ payload: OutboundQueue.Payload, _ completion: OutboundQueue.Completion?) throws(UVError) {
        requireLoop()
        guard isOpen else { throw UVError(.notConnected, operation: "write to \(peerName)", detail: "the connection is closed") }
        guard queue.count < limits.maximumWrites, payload.count <= limits.maximumBytes - queue.queuedBytes else {
            let detail =
                "\(queue.queuedBytes) bytes in \(queue.count) writes wait for the peer, and \(payload.count) more are over the limit of "
                + "\(limits.maximumBytes) bytes or \(limits.maximumWrites) writes"
            throw UVError(.noBufferSpace, operation: "write to \(peerName)", detail: detail)
        }
        queue.append(payload, completion)
        if queue.queuedBytes > limits.highWaterBytes { isAboveHighWater = true }
        if case .idle = transmission { flushLater() }
    }

    /// Marks the connection for a flush at the end of this turn of the loop.
    func flushLater() {
        guard !isUnflushed else { return }
        isUnflushed = true
        loop.unflushed.append(self)
    }

    /// Hands as much of the queue to the kernel as it takes. From the loop's own callbacks only, since it calls completions.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        var budget = Self.flushBytes
        while case .idle = transmission, canSend, !queue.isEmpty {
            if budget <= 0 {
                flushLater()
                break
            } else if queue.fileCount > 0 {
                budget -= sendBatch()
            } else {
                budget -= sendBytes()
            }
        }
        isPumping = false
        finishIfFlushed()
    }

    private var canSend: Bool {
        switch state {
        case .open, .flushing: true
        case .connecting, .finishing, .closed: false
        }
    }

    /// Tries the bytes at the front; what the socket does not take is left to libuv. Returns how many went out.
    private func sendBytes() -> Int {
        let (tried, status) = tryFront()
        guard status >= 0 || status == UV_EAGAIN.rawValue else {
            finish(UVError(status: status, operation: "write to \(peerName)"), reset: false)
            return 0
        }
        let taken = max(0, Int(status))
        consumed(taken)
        if taken < tried, canSend { writeRest() }
        return taken
    }

    /// One attempt at writing: a large first entry from where it is, small ones put together.
    private func tryFront() -> (tried: Int, status: Int32) {
        if let large = queue.withLargeFirst(atLeast: Self.largeBytes, { ($0.count, tryWrite($0)) }) { return large }
        let gathered = queue.copyBytes(to: loop.buffers.gather)
        return (gathered, tryWrite(UnsafeRawBufferPointer(rebasing: loop.buffers.gather[..<gathered])))
    }

    private func tryWrite(_ bytes: UnsafeRawBufferPointer) -> Int32 {
        guard bytes.count > 0 else { return 0 }
        var buffer = Self.buffer(bytes)
        return uv_try_write(stream, &buffer, 1)
    }

    /// The socket is full: libuv gets a copy of the next bytes and writes them when it can.
    private func writeRest() {
        let block = loop.buffers.takeBlock()
        let count = queue.copyBytes(to: block)
        guard count > 0 else { return loop.buffers.giveBack(block) }
        writeRequest.pointee.data = native.base.pointee.data
        var buffer = Self.buffer(UnsafeRawBufferPointer(rebasing: block[..<count]))
        let status = uv_write(writeRequest, stream, &buffer, 1) { request, status in
            TCPConnection.of(request?.pointee.data)?.wrote(status)
        }
        guard status == 0 else {
            loop.buffers.giveBack(block)
            return finish(UVError(status: status, operation: "write to \(peerName)"), reset: false)
        }
        transmission = .writing(block, count: count)
    }

    private func wrote(_ status: Int32) {
        guard case .writing(let block, let count) = transmission else { return }
        transmission = .idle
        loop.buffers.giveBack(block)
        guard canSend else { return }
        guard status == 0 else { return finish(UVError(status: status, operation: "write to \(peerName)"), reset: false) }
        consumed(count)
        pump()
    }

    private static func buffer(_ bytes: UnsafeRawBufferPointer) -> uv_buf_t {
        // libuv's type lacks a const; it only reads what it writes to a socket.
        let base = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
        return uv_buf_init(base, UInt32(clamping: bytes.count))
    }

    // MARK: Files

    /// Sends what is at the front, files among it: a little that lies in memory here and now, anything else on the pool.
    ///
    /// - Returns: how many bytes went out at once.
    private func sendBatch() -> Int {
        let socket: DuplicatedSocket
        do throws(UVError) {
            socket = try duplicatedSocket()
        } catch {
            finish(error, reset: true)
            return 0
        }
        let batch = queue.batch(limitBytes: Self.batchBytes, limitSegments: Self.batchSegments)
        guard batch.isQuick(limitBytes: Self.quickBytes) else {
            transmission = .sending
            BatchRequest(batch, on: socket) { self.batchEnded($0, $1) }.submit(to: loop)
            return 0
        }
        let (sent, end) = batch.send(on: socket)
        batchEnded(sent, end)
        return sent
    }

    private func batchEnded(_ sent: Int, _ end: SendBatch.End) {
        guard canSend else { return }
        // Before completions are called, so that what they write knows whether anything is to be flushed.
        if case .wouldBlock = end { transmission = .waiting } else { transmission = .idle }
        consumed(sent)
        guard canSend else { return }
        switch end {
        case .done: pump()
        case .wouldBlock: waitForRoom()
        case .failed(let error):
            finish(UVError(error.code, operation: "\(error.operation) to \(peerName)", detail: error.detail), reset: true)
        }
    }

    private func waitForRoom() {
        do throws(UVError) {
            let watch = try writabilityWatch()
            try watch.wait { self.roomAgain() }
        } catch {
            finish(error, reset: true)
        }
    }

    private func roomAgain() {
        guard case .waiting = transmission else { return }
        transmission = .idle
        pump()
    }

    private func writabilityWatch() throws(UVError) -> WritabilityWatch {
        if let writability { return writability }
        let made = try WritabilityWatch(try duplicatedSocket(), on: loop)
        writability = made
        return made
    }

    private func duplicatedSocket() throws(UVError) -> DuplicatedSocket {
        if let socket { return socket }
        let made = try DuplicatedSocket(of: native.base)
        socket = made
        return made
    }

    /// The kernel has `count` more bytes: tells the writes that are done, and the producer when it may go on.
    private func consumed(_ count: Int) {
        let completions = queue.consume(count)
        for completion in completions { completion(nil) }
        guard isAboveHighWater, isOpen, queue.queuedBytes <= limits.lowWaterBytes else { return }
        isAboveHighWater = false
        onDrain?()
    }
}

extension UVLoop {
    /// Sends what the turn has queued; what completions queue meanwhile is left in `unflushed`.
    func flushConnections() {
        guard !unflushed.isEmpty else { return }
        let connections = unflushed
        unflushed = []
        for connection in connections {
            connection.isUnflushed = false
            connection.pump()
        }
    }
}
