// Works on a store until the test kills it, or it kills itself at a given step, saying on standard output what is done.

import Glibc

let words = Array(CommandLine.arguments.dropFirst())
switch words.first {
case "lmdb" where words.count == 2: try writePairsForEver(directory: words[1])
case "hold" where words.count == 2: try holdForEver(directory: words[1])
case "store" where words.count == 5:
    let crash = getenv("SHOAL_CRASH_AT").map { String(cString: $0) }
    let writer = try StoreWriter(directory: words[1], seed: UInt64(words[2]) ?? 0, crash: crash)
    let (groups, threads) = (Int(words[3]) ?? 1, Int(words[4]) ?? 1)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        for thread in 0..<threads { tasks.addTask { try writer.run(groups: stride(from: thread, to: groups, by: threads)) } }
        try await tasks.waitForAll()
    }
    Output.line("end")
default: Output.line("usage: CrashingWriter lmdb DIRECTORY | hold DIRECTORY | store DIRECTORY SEED GROUPS THREADS")
}
