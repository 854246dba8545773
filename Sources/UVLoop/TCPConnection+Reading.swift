import CLibUV
import Glibc

extension TCPConnection {
    /// Calls `onRead` with what arrives from now on. Needed once for each new connection too.
    ///
    /// While a connection does not read it does not notice either that the peer ends it.
    public func resumeReading() {
        requireLoop()
        guard !wantsReading, isOpen else { return }
        wantsReading = true
        startReading()
    }

    /// Stops reading, so that the peer's window closes and it has to wait. No `onRead` comes after this returns.
    public func pauseReading() {
        requireLoop()
        wantsReading = false
        if isOpen { stopReading() }
    }

    /// Lets what arrives gather in the kernel until there is this much, the stream ends or the kernel wants it gone (SO_RCVLOWAT of socket(7)):
    /// of a long message whose length is known there is nothing to be done before.
    ///
    /// - Parameter count: bytes that are sure to come; 1 for no waiting.
    public func awaitBytes(_ count: Int) {
        requireLoop()
        var threshold = CInt(clamping: max(1, count))
        var descriptor: uv_os_fd_t = -1
        guard threshold != readThreshold, uv_fileno(native.base, &descriptor) == 0 else { return }
        readThreshold = threshold
        setsockopt(descriptor, SOL_SOCKET, SO_RCVLOWAT, &threshold, socklen_t(MemoryLayout.size(ofValue: threshold)))
    }

    func startReading() {
        guard !isReading, !peerHasEnded, !native.isClosing else { return }
        let status = uv_read_start(
            stream,
            { handle, _, buffer in
                guard let connection = TCPConnection.of(handle?.pointee.data) else { return }
                let space = connection.space()
                buffer?.pointee = uv_buf_init(space.baseAddress?.assumingMemoryBound(to: CChar.self), UInt32(clamping: space.count))
            },
            { stream, count, buffer in
                // The buffer is empty when libuv has told the end of file from a hang-up, without reading.
                TCPConnection.of(stream?.pointee.data)?.received(count, buffer?.pointee.base)
            })
        guard status == 0 else {
            return finish(UVError(status: status, operation: "read from \(peerName)"), reset: true)
        }
        isReading = true
    }

    func stopReading() {
        guard isReading else { return }
        isReading = false
        if !native.isClosing { uv_read_stop(stream) }
    }

    private func space() -> UnsafeMutableRawBufferPointer {
        // While it closes, nobody wants what still comes.
        if wantsReading, let space = readSpace?(), !space.isEmpty { return space }
        return loop.buffers.read
    }

    private func received(_ count: Int, _ memory: UnsafeMutablePointer<CChar>?) {
        switch count {
        case 0:
            break  // would block
        case 1...:
            guard case .open = state, wantsReading else { return }  // dropped: this end is closing
            onRead?(UnsafeRawBufferPointer(start: memory, count: count))
        case Int(UV_EOF.rawValue):
            peerHasEnded = true
            stopReading()
            // A reset right behind data shows as a hang-up too, and only the socket knows the difference.
            if let error = pendingError() { finish(error, reset: false) } else { peerEnded() }
        default:
            isReading = false
            finish(UVError(status: Int32(count), operation: "read from \(peerName)"), reset: false)
        }
    }

    private func pendingError() -> UVError? {
        var descriptor: uv_os_fd_t = -1
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard uv_fileno(native.base, &descriptor) == 0, getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &length) == 0, code != 0
        else { return nil }
        return UVError(errno: code, operation: "read from \(peerName)")
    }
}
