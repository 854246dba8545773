import Glibc

/// The memory of this process.
enum OwnMemory {
    /// At its most, bytes.
    static var peakBytes: UInt64 {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return 0 }
        return UInt64(usage.ru_maxrss) * 1024
    }
}
