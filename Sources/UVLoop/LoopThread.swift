import CLibUV
import Glibc

/// The loop's own thread: starting one, joining it, and knowing on it which loop it serves.
enum LoopThread {
    /// One slot a thread, holding the address of the `UVLoop` that the thread runs.
    private static let identity: pthread_key_t = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key, nil)
        precondition(status == 0, "pthread_key_create failed with \(status)")
        return key
    }()

    private final class Start {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// Starts a thread that runs `body` and must be joined.
    static func start(name: String, _ body: @escaping @Sendable () -> Void) throws(UVError) -> pthread_t {
        let start = Unmanaged.passRetained(Start(name: name, body: body))
        var thread = pthread_t()
        let status = pthread_create(&thread, nil, LoopThread.main, start.toOpaque())
        guard status == 0 else {
            start.release()
            throw UVError(errno: status, operation: "start thread \(name)")
        }
        return thread
    }

    /// Starts a thread that nobody waits for; false when the system has no more threads to give.
    static func detach(name: String, _ body: @escaping @Sendable () -> Void) -> Bool {
        guard let thread = try? start(name: name, body) else { return false }
        pthread_detach(thread)
        return true
    }

    static func isServing(_ loop: UVLoop) -> Bool {
        pthread_getspecific(identity) == Unmanaged.passUnretained(loop).toOpaque()
    }

    /// Makes the calling thread count as `loop`'s while `body` runs.
    static func serve(_ loop: UVLoop, _ body: () -> Void) {
        let before = pthread_getspecific(identity)
        pthread_setspecific(identity, Unmanaged.passUnretained(loop).toOpaque())
        body()
        pthread_setspecific(identity, before)
    }

    private static let main: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { context in
        guard let context else { return nil }
        let start = Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        _ = shoal_name_thread(start.name)  // Linux keeps 15 characters of it
        start.body()
        return nil
    }
}
