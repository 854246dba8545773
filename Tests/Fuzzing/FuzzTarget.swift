/// One decoder under test: it is handed arbitrary bytes and must neither crash, nor hang, nor allocate without bound.
struct FuzzTarget: Sendable {
    let name: String
    let run: @Sendable ([UInt8]) -> Void

    static let all: [FuzzTarget] = wire + identity + registry
}
