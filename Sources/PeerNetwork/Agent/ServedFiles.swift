import Glibc
import Swarm
import UVLoop

/// Open files that peers are served from: a bounded number, the one that was opened first goes first.
struct ServedFiles {
    static let limit = 256

    private(set) var open: [Digest: OpenFile] = [:]
    private var order: [Digest] = []

    mutating func add(_ file: OpenFile, for digest: Digest) {
        if open.updateValue(file, forKey: digest) == nil { order.append(digest) }
        if order.count > Self.limit { open[order.removeFirst()] = nil }
    }

    mutating func forget(_ digest: Digest) {
        if open.removeValue(forKey: digest) != nil { order.removeAll { $0 == digest } }
    }
}

/// Uploads that wait until their blob's file is open.
struct FileOpening {
    struct Upload {
        let frame: DataFrame
        let offset: UInt64
        let connection: ConnectionID
    }

    /// Tells this opening from a later one of the same blob.
    let number: UInt64
    /// In the order in which they are to be sent.
    var uploads: [Upload]
}

extension OpenFile {
    /// A descriptor of its own for a file that somebody else has open.
    convenience init(duplicating descriptor: Int32) throws(UVError) {
        let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { throw UVError(.tooManyOpenFiles, operation: "open a blob for serving") }
        self.init(owning: duplicate)
    }
}
