import Glibc

/// `shoal-fuzz TARGET [libFuzzer options] [CORPUS]` fuzzes one decoder; without arguments it lists them.
/// Built by `make fuzz` alone, because only then libFuzzer is linked.
@main
enum Fuzz {
    nonisolated(unsafe) private static var chosen: FuzzTarget?  // written once below, before libFuzzer starts any thread

    static func main() {
        guard CommandLine.arguments.count > 1 else {
            for target in FuzzTarget.all { print(target.name) }
            return
        }
        let name = CommandLine.arguments[1]
        chosen = FuzzTarget.all.first { $0.name == name }
        guard chosen != nil else {
            print("no target \(name); there are: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
            exit(2)
        }
        // libFuzzer sees the arguments without the target's name.
        var count = CommandLine.argc - 1
        let arguments = CommandLine.unsafeArgv
        arguments[1] = arguments[0]
        var rest = arguments + 1
        exit(runDriver(&count, &rest) { start, size in Fuzz.run(start, size) })
    }

    private static func run(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
        chosen?.run(Array(UnsafeBufferPointer(start: start, count: size)))
        return 0
    }
}

/// libFuzzer's own `main` asks for this by name (https://llvm.org/docs/LibFuzzer.html); it never runs here.
@_cdecl("LLVMFuzzerTestOneInput")
func unusedFuzzOneInput(_ start: UnsafePointer<UInt8>?, _ size: Int) -> CInt { 0 }

/// `int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size))`
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ callback: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
