#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A program that is run to its end, with bounds on what it may say and how long it may take. Blocks its thread.
struct HelperProcess: Sendable {
    enum Outcome: Sendable, Hashable {
        /// With its exit code, 128 and the signal's number where a signal ended it, and what it wrote.
        case ended(code: Int32, output: [UInt8])
        /// Why there is no outcome: it "could not be started", "said more than", "took longer than".
        case failed(String)
    }

    let path: String
    let arguments: [String]
    let limitBytes: Int
    let timeout: Duration

    /// The first file of this name in `searchPath` that may be executed.
    static func find(_ name: String, in searchPath: String) -> String? {
        searchPath.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
    }

    /// - Parameter input: what it reads, less than a pipe holds (64 KiB), so that writing never waits for it.
    func run(input: [UInt8]) -> Outcome {
        precondition(input.count <= 4096, "a helper is given a registry's name")
        guard let stdin = Pipe(), let stdout = Pipe() else { return .failed("could not be started: \(Self.text(of: errno))") }
        var stdinPipe = stdin, stdoutPipe = stdout
        defer {
            stdinPipe.close()
            stdoutPipe.close()
        }
        let deadline = ContinuousClock.now + timeout
        var (code, pid) = start(reading: stdinPipe.reading, writing: stdoutPipe.writing)
        // It is being written, by an upgrade for instance.
        while code == ETXTBSY, ContinuousClock.now < deadline {
            poll(nil, 0, 5)
            (code, pid) = start(reading: stdinPipe.reading, writing: stdoutPipe.writing)
        }
        guard code == 0 else { return .failed("could not be started: \(Self.text(of: code))") }
        stdinPipe.closeReading()
        stdoutPipe.closeWriting()
        // Who does not read its input is no failure by that alone; the program that runs this ignores SIGPIPE.
        _ = input.withUnsafeBytes { write(stdinPipe.writing, $0.baseAddress, $0.count) }
        stdinPipe.closeWriting()
        switch collect(stdoutPipe.reading, until: deadline) {
        case .all(let output):
            if let status = wait(pid, until: deadline) {
                return .ended(code: status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f, output: output)
            }
            end(pid)
            return .failed("took longer than \(timeout)")
        case .late:
            end(pid)
            return .failed("took longer than \(timeout)")
        case .tooMuch:
            end(pid)
            return .failed("said more than \(limitBytes) bytes")
        }
    }

    /// It leads a process group of its own, so what it started ends with it.
    private func end(_ pid: pid_t) {
        kill(-pid, SIGKILL)
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    }

    /// - Returns: 0, or the `errno` of why there is no process.
    private func start(reading: Int32, writing: Int32) -> (code: Int32, pid: pid_t) {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, reading, 0)
        posix_spawn_file_actions_adddup2(&actions, writing, 1)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        for descriptor in Self.openDescriptors where descriptor > 2 { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // SIGPIPE is ignored in this process, which a child would inherit.
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, path, &actions, &attributes, &words, environ)
        return (code, pid)
    }

    private enum Collected {
        case all([UInt8])
        case tooMuch
        case late
    }

    /// What the program writes, to its end.
    private func collect(_ descriptor: Int32, until deadline: ContinuousClock.Instant) -> Collected {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            let left = Self.milliseconds(until: deadline)
            guard left > 0 else { return .late }
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&waiting, 1, left) > 0 else { continue }
            let count = read(descriptor, &chunk, chunk.count)
            if count == 0 { return .all(output) }
            guard count > 0 else {
                if errno == EINTR { continue }
                // A pipe that cannot be read has no end either.
                return .late
            }
            output += chunk[..<count]
            guard output.count <= limitBytes else { return .tooMuch }
        }
    }

    /// The status of a process that has closed its output, and so ends now; nil when it does not in time.
    private func wait(_ pid: pid_t, until deadline: ContinuousClock.Instant) -> Int32? {
        var status: Int32 = 0
        while true {
            let found = waitpid(pid, &status, WNOHANG)
            if found == pid { return status }
            guard found == 0 || errno == EINTR, Self.milliseconds(until: deadline) > 0 else { return nil }
            poll(nil, 0, 5)
        }
    }

    private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let left = (deadline - .now) / .milliseconds(1)
        return Int32(max(0, min(left.rounded(.up), 60_000)))
    }

    /// What this process has open, sockets of clients among it, which are none of a helper's business. One that is closed meanwhile is no
    /// error, and one that is opened meanwhile closes itself.
    private static var openDescriptors: [Int32] {
        guard let directory = opendir("/proc/self/fd") else { return [] }
        defer { closedir(directory) }
        var found: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if let descriptor = Int32(name) { found.append(descriptor) }
        }
        return found
    }

    private static func text(of code: Int32) -> String { String(cString: strerror(code)) }
}

extension HelperProcess {
    /// Two descriptors that no other child inherits.
    private struct Pipe {
        private(set) var reading: Int32
        private(set) var writing: Int32

        init?() {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { return nil }
            (reading, writing) = (ends[0], ends[1])
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }

        mutating func closeReading() { Self.close(&reading) }
        mutating func closeWriting() { Self.close(&writing) }
        mutating func close() {
            closeReading()
            closeWriting()
        }

        private static func close(_ descriptor: inout Int32) {
            guard descriptor >= 0 else { return }
            shut(descriptor)
            descriptor = -1
        }
    }
}

/// `close(2)`, which a method of the same name hides.
private func shut(_ descriptor: Int32) { close(descriptor) }
