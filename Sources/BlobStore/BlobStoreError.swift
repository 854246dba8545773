public import LMDB
public import Swarm

/// Why the store could not do what it was asked. Each names the thing and the remedy in one line.
public enum BlobStoreError: Error, Equatable, CustomStringConvertible {
    /// No space, quota or file size is left; whatever was being written is not recorded.
    case diskFull(path: String)
    /// The blob does not fit into the quota beside what is being downloaded, read or sent.
    case overQuota(Digest, size: UInt64, quota: UInt64)
    /// With the blob, less than the floor would stay free on the disk.
    case belowFreeSpaceFloor(Digest, size: UInt64, path: String, free: UInt64, floor: UInt64)
    case readOnlyFileSystem(path: String)
    case permissionDenied(path: String)
    case notADirectory(path: String)
    /// Another process has the data directory.
    case locked(path: String)
    case newerSchema(path: String, found: UInt32, supported: UInt32)
    case index(LMDBError)
    /// Any other refusal of the system, by its errno.
    case system(action: String, path: String, code: Int32, reason: String)
    case tooLarge(Digest, size: UInt64)
    case notHeld(Digest)
    case alreadyHeld(Digest)
    /// A partial blob of the digest exists with another size.
    case differentSize(Digest, recorded: UInt64, asked: UInt64)
    /// The partial blob was discarded; begin it again.
    case discarded(Digest)
    case wrongPieceLength(Digest, piece: Int, expected: Int, actual: Int)
    case noSuchPiece(Digest, piece: Int)
    /// The piece contradicts a state that is recorded: one of the two lists is forged.
    case contradictingState(Digest, piece: Int)
    case missingPieces(Digest, count: Int)
    /// The states handed in are not those that the pieces link to, from this piece on.
    case brokenChain(Digest, piece: Int)
    case wrongDigest(expected: Digest, actual: Digest)
    /// The file of a whole blob is gone or of another size: something else has changed it.
    case damaged(path: String)

    /// Whether it is the disk, the quota or the index that takes no more, and not the blob that is wrong: another way round the store may do.
    public var isRefusal: Bool {
        switch self {
        case .diskFull, .overQuota, .belowFreeSpaceFloor, .readOnlyFileSystem, .permissionDenied, .notADirectory, .index, .system: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .diskFull(let path): "no space is left for \(path): free some, or choose another data directory"
        case .overQuota(let digest, let size, let quota):
            "\(digest.short) of \(size) bytes does not fit into the quota of \(quota) bytes beside what is in use: raise --quota"
        case .belowFreeSpaceFloor(let digest, let size, let path, let free, let floor):
            "\(digest.short) of \(size) bytes does not fit on the disk of \(path), which has \(free) bytes free of which \(floor) must stay so: "
                + "free some, or lower --min-free"
        case .readOnlyFileSystem(let path): "\(path) lies on a read-only file system: mount it writable or choose another data directory"
        case .permissionDenied(let path): "permission denied on \(path): let this user read and write the data directory"
        case .notADirectory(let path): "\(path) is not a directory: choose another data directory"
        case .locked(let path): "the data directory \(path) is in use by another process: stop it or choose another directory"
        case .newerSchema(let path, let found, let supported):
            "the data directory \(path) was written by a newer version (schema \(found), supported up to \(supported)): upgrade, or empty it"
        case .index(let error): error.description
        case .system(let action, let path, _, let reason): "\(action) \(path) failed: \(reason)"
        case .tooLarge(let digest, let size): "\(digest) has \(size) bytes: the limit is \(PieceLayout.blobSizeLimit)"
        case .notHeld(let digest): "\(digest) is not held here"
        case .alreadyHeld(let digest): "\(digest) is held already"
        case .differentSize(let digest, let recorded, let asked):
            "\(digest) was begun with \(recorded) bytes, not \(asked): discard it first if the new size is to be believed"
        case .discarded(let digest): "\(digest) was discarded meanwhile: begin it again"
        case .wrongPieceLength(let digest, let piece, let expected, let actual):
            "piece \(piece) of \(digest) has \(actual) bytes where \(expected) belong"
        case .noSuchPiece(let digest, let piece): "\(digest) has no piece \(piece) here"
        case .contradictingState(let digest, let piece): "piece \(piece) of \(digest) links to a state other than the recorded one"
        case .missingPieces(let digest, let count): "\(digest) is not complete: \(count) pieces are missing"
        case .brokenChain(let digest, let piece): "the chain of \(digest) does not close: piece \(piece) links to other states"
        case .wrongDigest(let expected, let actual): "the bytes given for \(expected) hash to \(actual)"
        case .damaged(let path):
            "\(path) is gone or not as long as it was: keep other programs from changing it; the blob will be fetched again"
        }
    }
}
