import Glibc

/// The process's own numbers under the names that Prometheus's client libraries share, read from `/proc/self` at each scrape.
/// Source: prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics; proc_pid_stat(5).
enum ProcessMetrics {
    static func samples() -> [MetricSample] {
        var samples: [MetricSample] = []
        if let fields = statFields() {
            let ticks = Double(max(1, sysconf(CInt(_SC_CLK_TCK))))
            if let user = fields[14], let system = fields[15] {
                samples.append(
                    .counter("process_cpu_seconds_total", help: "User and system CPU time spent, in seconds.", (user + system) / ticks))
            }
            if let start = fields[22], let boot = bootTimeSeconds() {
                samples.append(
                    .gauge(
                        "process_start_time_seconds", help: "Start of the process, in seconds since the Unix epoch.", boot + start / ticks))
            }
            if let virtual = fields[23] {
                samples.append(.gauge("process_virtual_memory_bytes", help: "Virtual memory size, in bytes.", virtual))
            }
            if let pages = fields[24] {
                samples.append(
                    .gauge(
                        "process_resident_memory_bytes", help: "Resident memory size, in bytes.",
                        pages * Double(sysconf(CInt(_SC_PAGESIZE)))))
            }
        }
        if let count = openDescriptors() {
            samples.append(.gauge("process_open_fds", help: "Number of open file descriptors.", Double(count)))
        }
        if let limit = descriptorLimit() {
            samples.append(.gauge("process_max_fds", help: "Most file descriptors that may be open.", limit))
        }
        return samples
    }

    /// `/proc/self/stat` by the numbers that its manual page gives the fields. The second field, the program's name in parentheses,
    /// may hold spaces, so counting starts after its end.
    private static func statFields() -> [Int: Double]? {
        guard let text = read("/proc/self/stat"), let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        return Dictionary(uniqueKeysWithValues: fields.enumerated().compactMap { index, field in Double(field).map { (index + 3, $0) } })
    }

    private static func bootTimeSeconds() -> Double? {
        read("/proc/stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }

    /// Counts the entries of `/proc/self/fd`, less the one that counting itself opens.
    private static func openDescriptors() -> Int? {
        guard let folder = opendir("/proc/self/fd") else { return nil }
        defer { closedir(folder) }
        var count = 0
        while readdir(folder) != nil { count += 1 }
        // `.`, `..` and the folder's own descriptor.
        return max(0, count - 3)
    }

    /// The soft limit of the line `Max open files  SOFT  HARD  files`.
    private static func descriptorLimit() -> Double? {
        let line = read("/proc/self/limits")?.split(separator: "\n").first { $0.hasPrefix("Max open files") }
        return line?.split(separator: " ").dropFirst(3).first.flatMap { Double($0) }
    }

    private static func read(_ path: String) -> String? {
        guard let bytes = try? FileReader(path: path).read(limitBytes: 1 << 20) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
