import Glibc
import LMDB
public import Swarm

/// Blobs on disk, whole and partial, and what is known of them.
///
/// Every method is synchronous, may block on the disk, and may be called from any number of threads at once: call them on a thread pool.
/// Calls that change one blob take turns. Under the data directory lie `oci/` (an OCI image layout with the whole blobs), `partial/`
/// (sparse files of the others), `index/` (LMDB) and `lock`. A whole blob is flushed to the disk before it gets its name in `oci/`, and a piece
/// is recorded after it was written, so a crash at any point leaves whole blobs whole and costs at most pieces. Everything is
/// released with the last reference to the store and its blobs.
public final class BlobStore: Sendable {
    /// How a store is set up; every field has a default.
    public struct Configuration: Sendable {
        /// Upper bound of the index, bytes of address space; a multiple of 4096.
        public var indexSizeBytes = 16 << 30
        /// Bytes of whole and partial blobs together that `admit` and `makeRoom` stay below; nil for no limit.
        public var quotaBytes: UInt64?
        /// Bytes of the file system that they leave free.
        public var freeSpaceFloorBytes: UInt64 = 0
        /// Seconds since 1970, for the times of use that are kept.
        public var nowSeconds: @Sendable () -> UInt64 = { UInt64(max(0, time(nil))) }
        /// Called at every step, on the thread that takes it. For crash tests.
        public var atStep: (@Sendable (StoreStep) -> Void)?

        public init() {}
    }

    /// What the data directory was found to hold, and what was done about it.
    public struct Recovery: Sendable, Equatable {
        /// Whole blobs that the index did not know; they were hashed and taken in.
        public internal(set) var adopted = 0
        /// Blobs that the index knew but whose files are gone or of another size.
        public internal(set) var lost = 0
        /// Files that could not be used and were removed.
        public internal(set) var removedFiles = 0

        /// Whether files and index agreed.
        public var isClean: Bool { self == Recovery() }
    }

    /// The persistent identity that belongs to the data directory.
    public let nodeID: NodeID
    public let recovery: Recovery

    let writer: IndexWriter
    let index: Index
    let state: Monitor<State>
    let paths: StorePaths
    let layout: ImageLayout
    /// Held by whoever makes room for a blob.
    let roomTurn = Monitor(())
    let configuration: Configuration

    /// Opens a data directory, making what is missing and clearing away what a crash left half-done.
    ///
    /// - Throws: `locked`, `newerSchema`, `diskFull`, `readOnlyFileSystem`, `permissionDenied`, `notADirectory`, or what the system says.
    public init(directory: String, configuration: Configuration = Configuration()) throws(BlobStoreError) {
        let paths = StorePaths(directory)
        try paths.root.create()
        let lock = try DirectoryLock(path: paths.lock, guarding: directory)
        for folder in [paths.partial, paths.index] + DigestAlgorithm.allCases.map({ paths.blobs($0) }) { try folder.create() }
        let layout = try ImageLayout(paths.layout)
        let index = try Index(directory: paths.index.path, mapSizeBytes: configuration.indexSizeBytes, lock: lock)
        let writer = try IndexWriter(index)
        var recovering = StoreRecovery(paths: paths, index: index, writer: writer, nowSeconds: configuration.nowSeconds())
        let state = try recovering.run()
        let properties = index.properties
        let node = try index.read { transaction throws(LMDBError) in try transaction.get("node", from: properties) }
        guard let node, let nodeID = NodeID(bytes: node) else {
            throw .index(LMDBError(.malformedRecord("a node id"), while: "opening \(directory)"))
        }
        self.nodeID = nodeID
        self.recovery = recovering.report
        self.writer = writer
        self.index = index
        self.state = Monitor(state)
        self.paths = paths
        self.layout = layout
        self.configuration = configuration

        let tagged = try allTags().map(\.tag.digest)
        self.state.withLock { state in tagged.forEach { state.tag($0) } }
        if !recovery.isClean, let digest = tagged.first { listImages(after: digest) }
    }

    /// Returns when everything recorded so far is on the disk, and the order in which blobs were used.
    public func flush() throws(BlobStoreError) {
        writer.submit(state.withLock { $0.takeUnrecordedUses() })
        try writer.flush()
    }

    /// Why pieces and uses that nobody waited for could not be recorded lately; nil when all is well. The blobs themselves are not affected:
    /// a restart would know less of the partial ones.
    public var recordingFailure: BlobStoreError? { writer.lastFailure }

    func reached(_ step: StoreStep) { configuration.atStep?(step) }
}
