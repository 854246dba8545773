import BlobStore
import Swarm

let usage = "usage: chain-speed plain|chain MIB THREADS"
let words = CommandLine.arguments.dropFirst()
guard words.count == 3, let mode = words.first.flatMap(Pass.init(rawValue:)), let mebibytes = Int(words[2]), let threads = Int(words[3]),
    mebibytes > 0, threads > 0, mode == .chain || threads == 1
else {
    Output.fail(usage)
}

let blob = SampleBlob(byteCount: mebibytes << 20)
Output.report(byteCount: blob.bytes.count, mode.measure(blob, threads: threads))
