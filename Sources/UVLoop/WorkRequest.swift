import CLibUV

/// One item on libuv's thread pool: runs `work` there, then `finish` on the loop.
class WorkRequest {
    private let request = UnsafeMutablePointer<uv_work_t>.allocate(capacity: 1)

    deinit { request.deallocate() }

    /// On a thread of the pool.
    func work() {}

    /// On the loop. `status` is 0, or `ECANCELED` when `work` has not run.
    func finish(_ status: Int32) {}

    /// Hands the item to the pool, which keeps it alive until `finish` has returned.
    final func submit(to loop: UVLoop) {
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        loop.track(request)
        let status = uv_queue_work(
            loop.native, request,
            { request in
                guard let data = request?.pointee.data else { return }
                Unmanaged<WorkRequest>.fromOpaque(data).takeUnretainedValue().work()
            },
            { request, status in
                guard let request, let data = request.pointee.data else { return }
                UVLoop.serving(request.pointee.loop)?.untrack(request)
                Unmanaged<WorkRequest>.fromOpaque(data).takeRetainedValue().finish(status)
            })
        precondition(status == 0, "uv_queue_work refuses nothing but a missing function")
    }
}
