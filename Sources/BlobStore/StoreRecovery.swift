import LMDB
import Swarm

/// Makes the index and the files agree when a data directory is opened.
struct StoreRecovery {
    let paths: StorePaths
    let index: Index
    let writer: IndexWriter
    let nowSeconds: UInt64
    private(set) var report = BlobStore.Recovery()
    private var whole: [Digest: WholeRecord] = [:]
    private var partial: [Digest: UInt64] = [:]

    init(paths: StorePaths, index: Index, writer: IndexWriter, nowSeconds: UInt64) {
        self.paths = paths
        self.index = index
        self.writer = writer
        self.nowSeconds = nowSeconds
    }

    mutating func run() throws(BlobStoreError) -> BlobStore.State {
        try recoverWhole()
        try recoverPartial()
        var state = BlobStore.State()
        let byUse = whole.sorted { ($0.value.use, $0.value.usedAtSeconds, $0.key) < ($1.value.use, $1.value.usedAtSeconds, $1.key) }
        for (digest, var record) in byUse {
            // Just taken in, or recorded before uses were numbered.
            if record.use == 0 { record.use = state.nextUse() }
            state.finish(digest, nil, with: .whole(state.newWhole(record)))
        }
        for (digest, size) in partial { state.finish(digest, nil, with: .dormant(size: size)) }
        try recoverRestrictions(into: &state)
        for (manifest, list) in try all(index.names) { _ = state.name(list.digests, by: manifest) }
        return state
    }

    /// A file gets its name in the layout when it is whole and on the disk. One that the index does not know was named just before a
    /// crash, or was put there by somebody else: it counts when it hashes to its name.
    private mutating func recoverWhole() throws(BlobStoreError) {
        var recorded = try all(index.blobs)
        var changes: [IndexChange] = []
        for algorithm in DigestAlgorithm.allCases {
            for file in try paths.blobs(algorithm).files() {
                guard let digest = StorePaths.digest(algorithm, hex: file.name) else { continue }
                if let record = recorded.removeValue(forKey: digest) {
                    guard record.size == file.size else {
                        changes.append(.remove(digest))
                        try remove(paths.whole(digest))
                        report.lost += 1
                        continue
                    }
                    whole[digest] = record
                } else if let states = try states(ofUnknown: digest, size: file.size) {
                    let record = WholeRecord(size: file.size, usedAtSeconds: nowSeconds, use: 0)
                    changes.append(.publish(digest, record, states))
                    whole[digest] = record
                    report.adopted += 1
                } else {
                    try remove(paths.whole(digest))
                }
            }
        }
        report.lost += recorded.count
        changes += recorded.keys.sorted().map { IndexChange.remove($0) }
        if !changes.isEmpty { try writer.commit(changes) }
    }

    /// A partial blob counts when it has both a record and a file; its pieces are verified when it is asked for.
    private mutating func recoverPartial() throws(BlobStoreError) {
        var recorded = try all(index.partials)
        for file in try paths.partial.files() {
            if let digest = StorePaths.digest(ofPartial: file.name), whole[digest] == nil, let size = recorded.removeValue(forKey: digest) {
                partial[digest] = size
            } else {
                try remove(paths.partial.path(of: file.name))
            }
        }
        if !recorded.isEmpty { try writer.commit(recorded.keys.sorted().map { IndexChange.forgetPartial($0) }) }
    }

    private func recoverRestrictions(into state: inout BlobStore.State) throws(BlobStoreError) {
        let recorded = try all(index.restrictions)
        state.restrictions = recorded.filter { whole[$0.key] != nil || partial[$0.key] != nil }
        // Their blobs never came.
        let idle = recorded.keys.filter { whole[$0] == nil && partial[$0] == nil }
        if !idle.isEmpty { writer.submit(idle.sorted().map { .unrestrict($0) }) }
    }

    /// - Returns: the chain of a file that hashes to its name, else nil.
    private func states(ofUnknown digest: Digest, size: UInt64) throws(BlobStoreError) -> StateList? {
        guard let layout = PieceLayout(blobSize: size) else { return nil }
        let (actual, states) = try ChainWalker.walk(OpenFile(paths.whole(digest), .read), digest.algorithm, layout: layout)
        return actual == digest ? states : nil
    }

    private mutating func remove(_ path: String) throws(BlobStoreError) {
        try Directory.remove(path)
        report.removedFiles += 1
    }

    private func all<Value>(_ table: Table<DigestKey, Value>) throws(BlobStoreError) -> [Digest: Value] {
        try index.read { transaction throws(LMDBError) in
            var found: [Digest: Value] = [:]
            try transaction.forEach(in: table) { key, value throws(LMDBError) in
                found[key.digest] = value
                return .proceed
            }
            return found
        }
    }
}
