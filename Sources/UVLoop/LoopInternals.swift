import CLibUV

/// The handles that a loop has for itself: one to be woken by, one that runs before every poll, one that keeps the poll from sleeping.
///
/// Their `data` is nil, so that shutdown's walk over the handles leaves them alone until the end.
struct LoopInternals {
    let wake = UnsafeMutablePointer<uv_async_t>.allocate(capacity: 1)
    private let beforePoll = UnsafeMutablePointer<uv_prepare_t>.allocate(capacity: 1)
    private let busy = UnsafeMutablePointer<uv_idle_t>.allocate(capacity: 1)

    init(_ native: UnsafeMutablePointer<uv_loop_t>) throws(UVError) {
        let status = uv_async_init(native, wake) { handle in
            UVLoop.serving(handle?.pointee.loop)?.drainOneTurn()
        }
        guard status == 0 else {
            deallocate()
            throw UVError(status: status, operation: "create the event loop's wake-up handle")
        }
        wake.pointee.data = nil
        // These two cannot fail: they allocate nothing.
        uv_prepare_init(native, beforePoll)
        beforePoll.pointee.data = nil
        uv_idle_init(native, busy)
        busy.pointee.data = nil
    }

    /// Points libuv's loop at the Swift one, unretained: the loop's thread retains it for as long as libuv runs.
    func serve(_ loop: UVLoop) {
        loop.native.pointee.data = Unmanaged.passUnretained(loop).toOpaque()
        uv_prepare_start(beforePoll) { handle in
            UVLoop.serving(handle?.pointee.loop)?.endTurn()
        }
        forAll { uv_unref($0) }
        wake.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { uv_ref($0) }
    }

    /// While busy, the next turn comes without sleeping.
    func setBusy(_ isBusy: Bool) {
        if isBusy {
            uv_idle_start(busy) { _ in }
        } else {
            uv_idle_stop(busy)
        }
    }

    /// Lets `uv_run` return as soon as nobody else's handle is open.
    func allowEnd() {
        wake.withMemoryRebound(to: uv_handle_t.self, capacity: 1) { uv_unref($0) }
    }

    /// Closes all three and frees each in its close callback; the loop has to turn once more for that.
    func close() {
        forAll { handle in
            uv_close(handle) { $0?.deallocate() }
        }
    }

    private func forAll(_ body: (UnsafeMutablePointer<uv_handle_t>) -> Void) {
        wake.withMemoryRebound(to: uv_handle_t.self, capacity: 1, body)
        beforePoll.withMemoryRebound(to: uv_handle_t.self, capacity: 1, body)
        busy.withMemoryRebound(to: uv_handle_t.self, capacity: 1, body)
    }

    private func deallocate() {
        wake.deallocate()
        beforePoll.deallocate()
        busy.deallocate()
    }
}
