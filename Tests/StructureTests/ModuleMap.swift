/// Which module may import which. Everything else is an error, so a new arrow is a decision made here.
enum ModuleMap {
    /// A product of the package: where its sources are, and what they may import.
    struct Module {
        let name: String
        let folder: String
        let imports: Set<String>
    }

    static let system: Set<String> = ["Glibc", "Synchronization"]
    private static let collections: Set<String> = ["BasicContainers", "Collections", "DequeModule", "HeapModule", "OrderedCollections"]
    private static let foundation: Set<String> = ["Foundation", "FoundationEssentials"]
    private static let nio: Set<String> = ["NIOConcurrencyHelpers", "NIOCore", "NIOHTTP1", "NIOPosix"]
    private static let process: Set<String> = [
        "ArgumentParser", "CoreMetrics", "Dispatch", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "Metrics",
        "ServiceLifecycle",
        "UnixSignals",
    ]

    static let modules = [
        // Pure: no clock, no randomness, no input or output, so nothing of the system.
        Module(name: "Swarm", folder: "Sources/Swarm/", imports: collections),
        // One module for each C library.
        Module(name: "UVLoop", folder: "Sources/UVLoop/", imports: system.union(["CLibUV"])),
        Module(name: "Cryptography", folder: "Sources/Cryptography/", imports: system.union(["COpenSSL"])),
        Module(name: "LMDB", folder: "Sources/LMDB/", imports: system.union(["CLMDB"])),
        Module(
            name: "BlobStore", folder: "Sources/BlobStore/",
            imports: system.union(collections).union(["Cryptography", "LMDB", "Swarm"])),
        Module(
            name: "PeerNetwork", folder: "Sources/PeerNetwork/",
            imports: system.union(collections).union(["BlobStore", "Cryptography", "Logging", "Swarm", "UVLoop"])),
        // Reaches blobs through a protocol of its own, never through PeerNetwork.
        Module(
            name: "Registry", folder: "Sources/Registry/",
            imports: system.union(collections).union(foundation).union(nio).union([
                "AsyncHTTPClient", "Darwin", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging", "Musl", "NIOSSL", "ServiceLifecycle",
                "Swarm",
            ])),
        // Writes static registries; knows OCI's documents from Registry, and nothing of agents.
        Module(
            name: "Publishing", folder: "Sources/Publishing/",
            imports: system.union(foundation).union(nio).union(["AsyncHTTPClient", "Cryptography", "Registry", "Swarm"])),
        // What every executable shares, so none of our other modules.
        Module(
            name: "Operations", folder: "Sources/Operations/", imports: system.union(foundation).union(nio).union(process).union(["Yams"])),
        // What stands in runtimes' settings: texts in, texts out.
        Module(name: "RuntimeSetup", folder: "Sources/RuntimeSetup/", imports: ["FoundationEssentials", "Operations"]),
        // Executables wire; a C library is behind its module even here.
        Module(
            name: "shoal", folder: "Sources/shoal/",
            imports: system.union(collections).union(foundation).union(nio).union(process).union([
                "AsyncHTTPClient", "BlobStore", "Cryptography", "Operations", "PeerNetwork", "Publishing", "Registry", "RuntimeSetup",
                "Swarm",
                "UVLoop",
            ])),
        Module(
            name: "shoal-tracker", folder: "tracker/Sources/",
            imports: system.union(collections).union(foundation).union(nio).union(process).union(["LMDB", "Operations", "Swarm", "UVLoop"])),
        // The policy behind a virtual network: no sockets, no files, no clock; Foundation decodes JSON, Dispatch has several processors at it.
        Module(
            name: "Simulation", folder: "simulations/Sources/Simulation/",
            imports: collections.union(["Dispatch", "FoundationEssentials", "Operations", "Swarm", "Yams"])),
        // Real sockets at a tracker or an agent that runs; what a client sees, so neither PeerNetwork nor Registry.
        Module(
            name: "LoadTest", folder: "simulations/Sources/LoadTest/",
            imports: system.union(foundation).union(nio).union([
                "AsyncHTTPClient", "Cryptography", "Histogram", "Operations", "Swarm", "UVLoop",
            ])),
        Module(
            name: "shoal-sim", folder: "simulations/Sources/shoal-sim/",
            imports: system.union(collections).union(foundation).union([
                "ArgumentParser", "LoadTest", "Logging", "Operations", "PeerNetwork", "Simulation", "Swarm", "UnixSignals",
            ])),
    ]

    /// The module that a source belongs to; `nil` for tests and benchmarks.
    static func module(of path: String) -> Module? {
        modules.first { path.hasPrefix($0.folder) }
    }
}
