import Glibc

/// Memory in large pages: of a cluster's many small pieces of memory each is looked for elsewhere, and with pages of 4 KiB it is looked for where
/// the page is first. Saves a sixth of the time with 2,000 nodes.
enum LargePages {
    /// What glibc looks at when a program starts, and only then.
    private static let variable = "GLIBC_TUNABLES"
    private static let tunable = "glibc.malloc.hugetlb"

    /// Starts this program once more in its own place, if it was not started with large pages yet. Does nothing where that fails.
    static func ask() {
        let set = getenv(variable).map { String(cString: $0) } ?? ""
        guard !set.contains(tunable) else { return }
        // By its own name, which the system's lists of processes show.
        guard let program = realpath("/proc/self/exe", nil) else { return }
        setenv(variable, (set.isEmpty ? "" : set + ":") + "\(tunable)=1", 1)
        var arguments = CommandLine.arguments.map { strdup($0) } + [nil]
        execv(program, &arguments)
    }
}
