import LMDB
import Swarm

/// The store's tables.
struct Index: Sendable {
    /// Raised when an older program could not read what is written.
    static let schema: UInt32 = 1

    let environment: Environment
    /// `schema` and `node`.
    let properties: Table<String, [UInt8]>
    /// Whole blobs.
    let blobs: Table<DigestKey, WholeRecord>
    /// Whole blobs' states S_1 … S_(n-1), packed.
    let chains: Table<DigestKey, [UInt8]>
    /// Partial blobs and the sizes that they will have.
    let partials: Table<DigestKey, UInt64>
    /// Pieces of partial blobs whose bytes were written; the values are empty.
    let pieces: Table<NumberedKey, [UInt8]>
    /// States of partial blobs, one by one: S_i of a blob at (digest, i).
    let states: Table<NumberedKey, [UInt8]>
    /// What manifests name, for the manifests that the store has.
    let names: Table<DigestKey, NameList>
    /// Blobs that not everybody may have, and the registries that say who may.
    let restrictions: Table<DigestKey, String>
    /// What tags stand for, by the hash of the reference.
    let tags: Table<[UInt8], TagRecord>
    /// Held by whoever can reach the tables, and given up after the environment.
    private let lock: DirectoryLock

    init(directory: String, mapSizeBytes: Int, lock: DirectoryLock) throws(BlobStoreError) {
        self.lock = lock
        let found: [UInt8]?
        do throws(LMDBError) {
            var configuration = Environment.Configuration()
            configuration.mapSizeBytes = mapSizeBytes
            environment = try Environment(path: directory, configuration: configuration)
            let properties: Table<String, [UInt8]> = try environment.table("properties")
            found = try environment.read { transaction throws(LMDBError) in try transaction.get("schema", from: properties) }
            self.properties = properties
        } catch {
            throw BlobStoreError(error, at: directory)
        }
        let number = found.flatMap { bytes in bytes.withUnsafeBytes { try? UInt32(decoding: $0) } }
        if let number, number > Self.schema { throw .newerSchema(path: directory, found: number, supported: Self.schema) }
        do throws(LMDBError) {
            blobs = try environment.table("blobs")
            chains = try environment.table("chains")
            partials = try environment.table("partials")
            pieces = try environment.table("pieces")
            states = try environment.table("states")
            names = try environment.table("names")
            restrictions = try environment.table("restrictions")
            tags = try environment.table("tags")
            if number == nil { try writeProperties() }
        } catch {
            throw BlobStoreError(error, at: directory)
        }
    }

    private func writeProperties() throws(LMDBError) {
        var number: [UInt8] = []
        Self.schema.encode(into: &number)
        var generator = SystemRandomNumberGenerator()
        let node = (0..<NodeID.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        try environment.write { [number] transaction throws(LMDBError) in
            try transaction.put(number, at: "schema", in: properties)
            try transaction.put(node, at: "node", in: properties)
        }
    }

    func read<Result>(_ body: (borrowing ReadTransaction) throws(LMDBError) -> Result) throws(BlobStoreError) -> Result {
        do {
            return try environment.read(body)
        } catch {
            throw BlobStoreError(error, at: environment.path)
        }
    }
}
