import Glibc

/// Called by libFuzzer for each input.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    Target.run(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}

/// Called by libFuzzer once before all else. With `SHOAL_FUZZ_SEEDS` set, writes the seeds into that folder and ends the process.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(_ argumentCount: UnsafeMutablePointer<CInt>?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
    guard let folder = getenv("SHOAL_FUZZ_SEEDS") else { return 0 }
    for (index, seed) in Target.seeds.enumerated() {
        guard let file = fopen("\(String(cString: folder))/seed-\(index)", "w") else { exit(1) }
        fwrite(seed, 1, seed.count, file)
        fclose(file)
    }
    exit(0)
}
