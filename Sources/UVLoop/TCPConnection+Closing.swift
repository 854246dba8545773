import CLibUV

extension TCPConnection {
    /// Ends the connection in order: what is queued goes out, then FIN; `onClose(nil)` follows when the peer has ended too.
    /// Nothing can be written and nothing is read any more.
    ///
    /// - Parameter limit: for all of it. Then whatever is still queued is lost, and `onClose` gets `ETIMEDOUT`; a peer that has
    ///   got everything and merely does not end is no error.
    public func close(within limit: Duration = .seconds(5)) {
        requireLoop()
        guard isOpen else { return }
        beginFlushing(within: limit)
        // Closing a socket with unread bytes in it would reset it and could destroy what the peer has not read yet.
        startReading()
    }

    /// Ends the connection at once: what is queued is lost and the peer gets a reset. `onClose(nil)` follows in a later turn.
    public func abort() {
        requireLoop()
        finish(nil, reset: true)
    }

    /// The peer will send no more. It may still read, so what is queued is sent before this end closes as well.
    func peerEnded() {
        switch state {
        case .open: beginFlushing(within: .seconds(5))
        case .flushing, .connecting, .closed: break  // flushing ends by itself
        case .finishing: finish(nil, reset: false)
        }
    }

    private func beginFlushing(within limit: Duration) {
        state = .flushing
        wantsReading = false
        deadline = LoopTimer(on: loop, after: limit) { [weak self] in self?.flushTimedOut() }
        flushLater()
    }

    private func flushTimedOut() {
        switch state {
        case .flushing:
            let detail = "the peer did not take the last \(queue.queuedBytes) bytes in time"
            finish(UVError(.timedOut, operation: "close the connection to \(peerName)", detail: detail), reset: true)
        case .finishing:
            finish(nil, reset: false)
        case .connecting, .open, .closed: break
        }
    }

    /// Sends FIN when closing has come that far.
    func finishIfFlushed() {
        guard case .flushing = state, case .idle = transmission, queue.isEmpty else { return }
        guard !peerHasEnded else { return finish(nil, reset: false) }
        state = .finishing
        let request = UnsafeMutablePointer<uv_shutdown_t>.allocate(capacity: 1)
        request.pointee.data = native.base.pointee.data
        let status = uv_shutdown(request, stream) { request, status in
            let connection = TCPConnection.of(request?.pointee.data)
            request?.deallocate()
            // A peer that is gone already has nothing to be told.
            if status < 0 { connection?.finish(nil, reset: false) }
        }
        if status != 0 {
            request.deallocate()
            finish(nil, reset: false)
        }
    }

    /// The end: closes the handle now, tells the failed writes and the owner when libuv has let go of it.
    func finish(_ error: UVError?, reset: Bool) {
        switch state {
        case .closed: return
        case .connecting:
            return failConnecting(error ?? UVError(.canceled, operation: "connect to \(peerName)", detail: "the attempt was given up"))
        case .open, .flushing, .finishing: break
        }
        state = .closed
        deadline?.cancel()
        deadline = nil
        stopReading()
        writability?.close()
        writability = nil
        // A batch that is under way keeps its own reference, and the descriptor with it.
        socket = nil
        let unsent = queue.removeAll()
        let lost = error ?? UVError(.canceled, operation: "write to \(peerName)", detail: "the connection was closed first")
        let then = {
            for completion in unsent { completion(lost) }
            let onClose = self.onClose
            self.onRead = nil
            self.readSpace = nil
            self.onClose = nil
            self.onDrain = nil
            onClose?(error)
        }
        if reset { native.closeWithReset(then: then) } else { native.close(then: then) }
    }
}
