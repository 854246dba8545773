// swift-tools-version: 6.2
import PackageDescription

// `Modules/` links to the parent's pure modules, so that the HTTP packages, which take minutes, are not built for the benchmarks.

/// The parent's settings: the same compiler checks, the same optimisations.
let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func module(_ name: String, uses dependencies: [Target.Dependency] = [], notes: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Modules/\(name)", exclude: notes, swiftSettings: strict)
}

/// A program in C: what the machine can do when nothing is in the way.
func bare(_ name: String, linking libraries: [String] = []) -> Target {
    .executableTarget(
        name: name,
        dependencies: ["CBenchSupport"],
        cSettings: [.unsafeFlags(["-Wall", "-Wextra", "-Werror"])],
        linkerSettings: libraries.map { .linkedLibrary($0) })
}

let package = Package(
    name: "shoal-benchmarks",
    dependencies: [
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0")
    ],
    targets: [
        .systemLibrary(name: "COpenSSL", path: "Modules/COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLMDB", path: "Modules/CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
        module(
            "Swarm",
            uses: [
                .product(name: "BasicContainers", package: "swift-collections"),
                .product(name: "OrderedCollections", package: "swift-collections"),
                .product(name: "DequeModule", package: "swift-collections"),
            ], notes: ["Pieces/NOTES.md"]),
        module("Cryptography", uses: ["COpenSSL"]),
        module("LMDB", uses: ["CLMDB"]),
        module(
            "BlobStore",
            uses: ["Swarm", "Cryptography", "LMDB", .product(name: "HeapModule", package: "swift-collections")], notes: ["NOTES.md"]),

        .executableTarget(
            name: "chain-speed", dependencies: ["Swarm", "Cryptography", "BlobStore"], swiftSettings: strict),

        .target(name: "CBenchSupport"),
        bare("http-reader", linking: ["crypto"]),
        bare("http-latency", linking: ["crypto"]),
        bare("bare-sender"),
        bare("bare-receiver", linking: ["crypto"]),
    ],
    swiftLanguageModes: [.v6]
)
