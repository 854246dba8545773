import Glibc

/// The time of day, for records that outlive the process.
enum WallClock {
    /// Seconds since 1970-01-01T00:00:00Z.
    static func seconds() -> Int { time(nil) }
}
