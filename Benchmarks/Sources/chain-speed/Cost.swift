import Glibc

/// What some work took.
struct Cost {
    let seconds: Double
    /// Of all threads, in user and in system mode.
    let cpuSeconds: Double

    static func of(_ work: () -> Void) -> Cost {
        let cpu = processorSeconds
        let elapsed = ContinuousClock().measure(work)
        return Cost(seconds: elapsed / .seconds(1), cpuSeconds: processorSeconds - cpu)
    }

    /// The most that this process had resident, the blob included.
    static var peakBytes: Int {
        var used = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &used)
        return used.ru_maxrss << 10
    }

    private static var processorSeconds: Double {
        var used = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used)
        return Double(used.tv_sec) + Double(used.tv_nsec) / 1e9
    }
}
