import Glibc

/// A helper executable of this package, run with its output in a pipe so that a test can kill it at a known point.
public final class ChildProcess {
    private let process: pid_t
    private let output: Int32
    private var unread: [UInt8] = []
    private var status: Int32?

    /// - Parameters:
    ///   - name: an executable target beside the tests in the build directory, or a path.
    ///   - environment: variables added to the test's own.
    public init(_ name: String, arguments: [String], environment: [String: String] = [:]) throws {
        // Between the making of a pipe and its marking, another thread's child would inherit it and keep it open.
        Self.spawning.lock()
        defer { Self.spawning.unlock() }
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SystemCallFailed(name: "pipe", code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[1]) }
        self.output = ends[0]
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)

        let path = name.hasPrefix("/") ? name : try Self.buildDirectory() + "/" + name
        let variables = environment.map { "\($0.key)=\($0.value)" }.sorted() + Self.ownEnvironment
        let words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        let settings: [UnsafeMutablePointer<CChar>?] = variables.map { strdup($0) } + [nil]
        defer { (words + settings).forEach { free($0) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, path, &actions, nil, words, settings)
        guard code == 0 else { throw SystemCallFailed(name: "posix_spawn \(path)", code: code) }
        self.process = process
    }

    private static let spawning = SpawnLock()

    deinit {
        if status == nil { kill() }
        close(output)
    }

    /// The next line that the child wrote, without its end; nil after the last.
    public func readLine() -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: unread[..<end], as: UTF8.self)
                unread.removeFirst(end + 1)
                return line
            }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(output, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            unread += buffer[..<count]
        }
    }

    /// Kills the child as a power switch would, and waits until it is gone.
    public func kill() {
        Glibc.kill(process, SIGKILL)
        waitForExit()
    }

    /// - Returns: the exit status as a shell gives it (128 + signal when killed).
    @discardableResult
    public func waitForExit() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        while waitpid(process, &raw, 0) < 0, errno == EINTR {}
        let shell = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
        status = shell
        return shell
    }

    /// Test bundles and executables lie side by side.
    private static func buildDirectory() throws -> String {
        guard let resolved = realpath("/proc/self/exe", nil) else { throw SystemCallFailed(name: "realpath", code: errno) }
        defer { free(resolved) }
        let path = String(cString: resolved)
        return String(path[..<(path.lastIndex(of: "/") ?? path.endIndex)])
    }

    private static var ownEnvironment: [String] {
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            variables.append(String(cString: variable))
            next += 1
        }
        return variables
    }
}

private final class SpawnLock: @unchecked Sendable {  // a mutex is made to be shared
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)

    init() {
        mutex.initialize(to: pthread_mutex_t())
        pthread_mutex_init(mutex, nil)
    }

    func lock() { pthread_mutex_lock(mutex) }

    func unlock() { pthread_mutex_unlock(mutex) }
}
