import Glibc

/// The processor time of this process: whoever measures others should know how busy it was itself.
struct OwnProcessor {
    private let before = Self.usedSeconds

    /// Processors that this process kept busy since this value was made: 0.5 is half of one.
    func share(of duration: Duration) -> Double {
        (Self.usedSeconds - before) / max(0.001, duration / .seconds(1))
    }

    private static var usedSeconds: Double {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return [usage.ru_utime, usage.ru_stime].reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
    }
}
