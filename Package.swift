// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is built the same way: Swift 6 mode, warnings are errors, the upcoming features on.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// The policy, and all that runs whole clusters of it in virtual time: optimised in debug builds too, as their tests would take minutes else.
let virtualTime = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

func library(
    _ name: String, uses dependencies: [Target.Dependency] = [], notes: [String] = [], settings: [SwiftSetting] = strict
) -> Target {
    .target(name: name, dependencies: dependencies, exclude: notes, swiftSettings: settings)
}

func tests(of name: String, uses dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = strict) -> Target {
    .testTarget(name: "\(name)Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: settings)
}

func system(_ name: String, pkgConfig: String, debian: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([debian])])
}

let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore = Target.Dependency.product(name: "HummingbirdCore", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let orderedCollections = Target.Dependency.product(name: "OrderedCollections", package: "swift-collections")
let heaps = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let containers = Target.Dependency.product(name: "BasicContainers", package: "swift-collections")
let deques = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let histogram = Target.Dependency.product(name: "Histogram", package: "hdrhistogram-swift")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioLocks = Target.Dependency.product(name: "NIOConcurrencyHelpers", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "shoal",
    products: [
        .executable(name: "shoal", targets: ["shoal"]),
        .executable(name: "shoal-tracker", targets: ["shoal-tracker"]),
        .executable(name: "shoal-sim", targets: ["shoal-sim"]),
    ],
    dependencies: [
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", .upToNextMinor(from: "0.2.0")),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    ],
    targets: [
        system("CLibUV", pkgConfig: "libuv", debian: "libuv1-dev"),
        system("COpenSSL", pkgConfig: "libcrypto", debian: "libssl-dev"),
        system("CLMDB", pkgConfig: "lmdb", debian: "liblmdb-dev"),

        library("Swarm", uses: [orderedCollections, deques, containers], notes: ["Pieces/NOTES.md"], settings: virtualTime),
        library("UVLoop", uses: ["CLibUV"]),
        // swift-crypto, which the HTTP packages bring, owns the name Crypto.
        library("Cryptography", uses: ["COpenSSL"]),
        library("LMDB", uses: ["CLMDB"]),
        library("BlobStore", uses: ["Swarm", "Cryptography", "LMDB", heaps], notes: ["NOTES.md"]),
        library("PeerNetwork", uses: ["Swarm", "UVLoop", "Cryptography", "BlobStore", deques, logging]),
        library(
            "Registry",
            uses: [
                "Swarm", hummingbird, hummingbirdCore, httpClient, httpTypes, nio, nioHTTP1, nioLocks, nioPosix, nioSSL, logging, lifecycle,
            ]),
        library("Publishing", uses: ["Swarm", "Cryptography", "Registry", httpClient, nio, nioHTTP1, nioPosix]),
        library(
            "Operations", uses: [arguments, hummingbird, httpTypes, nio, nioLocks, logging, coreMetrics, lifecycle, signals, yams]),
        library("RuntimeSetup", uses: ["Operations"]),

        .executableTarget(
            name: "shoal",
            dependencies: [
                "Swarm", "UVLoop", "Cryptography", "BlobStore", "PeerNetwork", "Registry", "Publishing", "Operations", "RuntimeSetup",
                arguments, httpClient, nio, nioHTTP1, nioLocks, nioPosix, logging, coreMetrics, metrics, lifecycle, signals,
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "shoal-tracker",
            dependencies: [
                "Swarm", "UVLoop", "LMDB", "Operations",
                arguments, logging, lifecycle,
            ],
            path: "tracker/Sources",
            swiftSettings: strict),

        .target(
            name: "Simulation", dependencies: ["Swarm", "Operations", containers, deques, yams], path: "simulations/Sources/Simulation",
            // A world reads and writes itself at each of millions of events: debug builds check that it never does both at once.
            swiftSettings: virtualTime + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]),
        .target(
            name: "LoadTest",
            dependencies: ["Swarm", "UVLoop", "Cryptography", "Operations", httpClient, histogram, nio, nioHTTP1, nioPosix],
            path: "simulations/Sources/LoadTest", swiftSettings: strict),
        .executableTarget(
            name: "shoal-sim", dependencies: ["Simulation", "LoadTest", "Swarm", "Operations", arguments, signals],
            path: "simulations/Sources/shoal-sim", swiftSettings: strict),

        // Written to by tests that kill it.
        .executableTarget(
            name: "CrashingWriter", dependencies: ["LMDB", "BlobStore", "Swarm", "StorageTestSupport"], path: "Tests/CrashingWriter",
            swiftSettings: strict),
        .target(name: "StorageTestSupport", dependencies: ["Swarm"], path: "Tests/StorageTestSupport", swiftSettings: strict),

        tests(of: "Swarm", uses: ["Cryptography", containers], settings: virtualTime),
        tests(of: "UVLoop"),
        tests(of: "Cryptography", uses: ["Swarm", "StorageTestSupport"]),
        tests(of: "LMDB", uses: ["StorageTestSupport", "CrashingWriter"]),
        tests(of: "BlobStore", uses: ["Swarm", "Cryptography", "LMDB", "StorageTestSupport", "CrashingWriter"]),
        tests(
            of: "Registry", uses: ["Swarm", hummingbird, httpClient, httpTypes, nio, nioHTTP1, nioLocks, nioPosix, logging, lifecycle]),
        tests(of: "Publishing", uses: ["Swarm", "Cryptography", "Registry", "StorageTestSupport"]),
        tests(of: "Operations", uses: [arguments, coreMetrics, metrics, nioLocks, logging, lifecycle]),
        tests(of: "RuntimeSetup", uses: ["Operations"]),
        tests(of: "Simulation", uses: ["Swarm", containers], settings: virtualTime),
        tests(of: "LoadTest", uses: ["Swarm"]),
        tests(of: "PeerNetwork", uses: ["Swarm", "UVLoop", "Cryptography", "BlobStore", logging, orderedCollections]),
        .testTarget(name: "StructureTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
