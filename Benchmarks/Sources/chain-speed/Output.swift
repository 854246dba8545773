import Glibc

/// What the program prints: one line of JSON, or why there is none.
enum Output {
    static func report(byteCount: Int, _ cost: Cost) {
        print(
            #"{"bytes": \#(byteCount), "seconds": \#(cost.seconds), "cpu_seconds": \#(cost.cpuSeconds), "peak_bytes": \#(Cost.peakBytes)}"#)
    }

    static func fail(_ message: String) -> Never {
        let line = Array("chain-speed: \(message)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(1)
    }
}
