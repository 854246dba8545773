import CLibUV

/// What owns a libuv handle and can be told that the loop ends.
protocol LoopOwned: AnyObject {
    /// The loop shuts down: close every handle. On the loop, at most once, outside of any callback of the handle.
    func loopWillClose()
}

/// One heap-allocated libuv handle. It keeps itself and its owner alive from opening until libuv's close callback,
/// which is the only place where the memory may be given back.
final class NativeHandle {
    let pointer: UnsafeMutableRawPointer
    private(set) var isClosing = false
    private var owner: (any LoopOwned)?
    private var onClosed: (() -> Void)?

    /// - Parameter open: the handle's `uv_*_init`. libuv wants nothing closed when it fails.
    init<Handle>(
        _ type: Handle.Type, on loop: UVLoop, _ operation: @autoclosure () -> String,
        open: (UnsafeMutablePointer<Handle>) -> Int32
    ) throws(UVError) {
        precondition(loop.isCurrent, "libuv handles are opened on their loop's thread only")
        guard !loop.isClosing else { throw UVError(.canceled, operation: operation(), detail: "the event loop is shutting down") }
        let handle = UnsafeMutablePointer<Handle>.allocate(capacity: 1)
        let status = open(handle)
        guard status == 0 else {
            handle.deallocate()
            throw UVError(status: status, operation: operation())
        }
        self.pointer = UnsafeMutableRawPointer(handle)
        self.base.pointee.data = Unmanaged.passRetained(self).toOpaque()
    }

    var base: UnsafeMutablePointer<uv_handle_t> { pointer.assumingMemoryBound(to: uv_handle_t.self) }

    func adopt(by owner: any LoopOwned) {
        self.owner = owner
    }

    /// Closes the handle; `then` runs when libuv has let go of it, in a later turn of the loop.
    func close(then: (() -> Void)? = nil) {
        guard !isClosing else { return }
        isClosing = true
        onClosed = then
        uv_close(base, NativeHandle.closed)
    }

    /// As `close`, for a TCP handle: what is unsent is dropped and the peer gets a reset.
    func closeWithReset(then: (() -> Void)? = nil) {
        guard !isClosing else { return }
        guard uv_tcp_close_reset(pointer.assumingMemoryBound(to: uv_tcp_t.self), NativeHandle.closed) == 0 else {
            return close(then: then)
        }
        isClosing = true
        onClosed = then
    }

    /// The owner of the handle that a libuv callback was called for.
    ///
    /// - Parameter data: the handle's `data` field.
    static func owner<Owner: LoopOwned>(_ data: UnsafeMutableRawPointer?, as type: Owner.Type) -> Owner? {
        guard let data else { return nil }
        return Unmanaged<NativeHandle>.fromOpaque(data).takeUnretainedValue().owner as? Owner
    }

    /// For `uv_walk`: tells the owner that the loop ends. The loop's own handles have no owner and are left alone.
    static let loopWillClose: uv_walk_cb = { handle, _ in
        guard let data = handle?.pointee.data else { return }
        let native = Unmanaged<NativeHandle>.fromOpaque(data).takeUnretainedValue()
        guard !native.isClosing else { return }
        if let owner = native.owner { owner.loopWillClose() } else { native.close() }
    }

    private static let closed: uv_close_cb = { handle in
        guard let data = handle?.pointee.data else { return }
        let native = Unmanaged<NativeHandle>.fromOpaque(data).takeRetainedValue()
        let then = native.onClosed
        native.onClosed = nil
        native.owner = nil
        native.pointer.deallocate()
        then?()
    }
}
