import CLibUV

extension UVLoop {
    /// Closes whatever is still open, ends the loop and joins its thread. From any isolation; repeating it waits for the same end.
    ///
    /// Connections are aborted and report `ECANCELED` to `onClose`; pool work that has not begun fails with `ECANCELED`, and work
    /// that has is waited for. Jobs of actors on this loop still run afterwards, one after another on a short-lived thread, so no
    /// task ever hangs; but no handle can be opened any more.
    ///
    /// - Throws: `UVError` with `EBUSY` when a handle or request was left (`uv_loop_close`), which is a leak in this module; with
    ///   `EAGAIN` when the system has no thread left to wait with: the loop ends all the same, but unobserved.
    public func shutdown() async throws(UVError) {
        let status = await withCheckedContinuation { (waiter: LoopEnding.Waiter) in
            guard ending.wait(waiter) else { return }
            execute { self.closeHandles() }
            if !LoopThread.detach(name: "\(name)-end", { self.ending.join() }) { ending.abandon() }
        }
        try check(status, "close event loop \(name)")
    }

    /// The body of the loop's thread.
    func run() {
        LoopThread.serve(self) {
            uv_run(native, UV_RUN_DEFAULT)  // returns when `closeHandles` has run and all that it closed is gone
            inbox.detach()
            internals.close()
            uv_run(native, UV_RUN_DEFAULT)
            ending.closeStatus = uv_loop_close(native)
            // A loop that could not be closed is still referred to by what was left: leaking it is the safe way out.
            if ending.closeStatus == 0 { native.deallocate() }
            buffers.deallocate()
            unflushed = []  // connections that were aborted before their turn ended; they refer to the loop
            drainAll()
        }
    }

    /// Runs the jobs that come after the end of the loop's own thread.
    func startLateThread() {
        let drain: @Sendable () -> Void = { LoopThread.serve(self) { self.drainAll() } }
        // Without a thread to be had, the caller's own has to do: still one at a time, and better than a task that never ends.
        if !LoopThread.detach(name: "\(name)-late", drain) { drain() }
    }

    private func closeHandles() {
        guard !isClosing else { return }
        isClosing = true
        for request in requests { uv_cancel(request) }  // refuses those that have begun
        uv_walk(native, NativeHandle.loopWillClose, nil)
        internals.allowEnd()
    }
}
