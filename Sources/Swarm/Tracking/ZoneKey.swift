/// Stands for a zone's name in a few bytes: FNV-1a of 32 bits. Should two names ever share a key, two zones are served as one.
struct ZoneKey: Hashable, Sendable {
    private let hash: UInt32

    init(_ name: String) {
        hash = name.utf8.reduce(0x811c_9dc5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }
}
