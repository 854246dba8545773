import CLibUV

/// Waits until a socket takes more bytes, by `uv_poll` on its duplicated descriptor.
final class WritabilityWatch: LoopOwned {
    private let native: NativeHandle
    /// Keeps the descriptor valid until libuv has let go of it.
    private let socket: DuplicatedSocket
    private var then: (() -> Void)?

    private var poll: UnsafeMutablePointer<uv_poll_t> { native.pointer.assumingMemoryBound(to: uv_poll_t.self) }

    init(_ socket: DuplicatedSocket, on loop: UVLoop) throws(UVError) {
        self.socket = socket
        self.native = try NativeHandle(uv_poll_t.self, on: loop, "watch a connection") {
            uv_poll_init_socket(loop.native, $0, socket.descriptor)
        }
        native.adopt(by: self)
    }

    /// Calls `then` once, when sending is worth another try. An error on the socket counts: sending again is what names it.
    func wait(then: @escaping () -> Void) throws(UVError) {
        self.then = then
        let status = uv_poll_start(poll, Int32(UV_WRITABLE.rawValue)) { handle, _, _ in
            NativeHandle.owner(handle?.pointee.data, as: WritabilityWatch.self)?.fire()
        }
        try check(status, "wait until a connection takes more")
    }

    func close() {
        then = nil
        native.close()
    }

    func loopWillClose() { close() }

    private func fire() {
        guard !native.isClosing else { return }
        uv_poll_stop(poll)
        let then = then
        self.then = nil
        then?()
    }
}
