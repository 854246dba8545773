import CLibUV

/// A mutex of the pthread kind, which ThreadSanitizer understands (it reports false races on `Synchronization.Mutex`).
final class Lock: @unchecked Sendable {  // a mutex is made to be shared
    private let mutex = UnsafeMutablePointer<uv_mutex_t>.allocate(capacity: 1)

    init() {
        let status = uv_mutex_init(mutex)
        precondition(status == 0, "uv_mutex_init failed with \(status)")
    }

    deinit {
        uv_mutex_destroy(mutex)
        mutex.deallocate()
    }

    @inline(__always)
    func withLock<T>(_ body: () -> T) -> T {
        uv_mutex_lock(mutex)
        defer { uv_mutex_unlock(mutex) }
        return body()
    }
}
