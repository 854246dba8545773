import BlobStore
import DequeModule
import Swarm
import UVLoop

/// Open files that peers are served from: a bounded number, the one that was opened first goes first.
struct ServedFiles {
    static let limit = 256

    /// A blob's file, as sendfile wants it. While something of it is being sent, and no longer, the blob cannot be evicted.
    final class Served {
        let file: OpenFile
        private let digest: Digest
        /// Fragments that the kernel does not have yet.
        private var sending = 0
        private var hold: BlobHold?

        init(_ digest: Digest, _ file: OpenFile) {
            self.digest = digest
            self.file = file
        }

        func begin(in store: BlobStore) {
            // A partial blob needs no hold; one that is evicted just now is still in the file.
            if sending == 0 { hold = store.hold(digest) }
            sending += 1
        }

        func end() {
            sending -= 1
            if sending == 0 { hold = nil }
        }
    }

    private(set) var open: [Digest: Served] = [:]
    private var order: Deque<Digest> = []

    mutating func add(_ served: Served, for digest: Digest) {
        if open.updateValue(served, forKey: digest) == nil { order.append(digest) }
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
