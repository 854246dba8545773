import BlobStore
import Glibc
import StorageTestSupport
import Swarm

/// Takes blobs through a store, a group at a time:
/// the first is published, the second completed from pieces, the third left half-done, the fourth completed and removed again; the half-done blob of
/// every other group is discarded. Each line on standard output names what is done, or is about to be undone.
struct StoreWriter: Sendable {
    let store: BlobStore
    let script: CrashScript

    /// - Parameter crash: `step:count`, where to kill this very process.
    init(directory: String, seed: UInt64, crash: String?) throws {
        var configuration = BlobStore.Configuration()
        if let fault = crash.flatMap(FaultPoint.init) { configuration.atStep = { fault.passed($0) } }
        store = try BlobStore(directory: directory, configuration: configuration)
        script = CrashScript(seed: seed)
    }

    func run(groups: some Sequence<Int>) throws {
        for group in groups {
            let first = group * CrashScript.groupSize
            try publish(first)
            try complete(first + 1)
            try begin(first + 2)
            try complete(first + 3)
            Output.line("removing \(first + 3)")
            try store.remove(blob(first + 3).digest)
            Output.line("removed \(first + 3)")
            if group % 2 == 1 {
                Output.line("removing \(first + 2)")
                try store.discard(blob(first + 2).digest)
            }
        }
    }

    private func publish(_ number: Int) throws {
        let blob = blob(number)
        try store.publish(blob.digest, blob.bytes)
        Output.line("whole \(number)")
    }

    private func complete(_ number: Int) throws {
        let blob = blob(number)
        let partial = try store.beginPartial(blob.digest, size: UInt64(blob.bytes.count))
        for piece in script.order(of: number, pieceCount: partial.layout.pieceCount) { try write(piece, of: blob, to: partial) }
        try store.complete(blob.digest)
        Output.line("whole \(number)")
    }

    private func begin(_ number: Int) throws {
        let blob = blob(number)
        let partial = try store.beginPartial(blob.digest, size: UInt64(blob.bytes.count))
        try partial.record(blob.states)
        let pieces = script.order(of: number, pieceCount: partial.layout.pieceCount).prefix(partial.layout.pieceCount / 2)
        for piece in pieces { try write(piece, of: blob, to: partial) }
        try store.flush()
        Output.line("recorded \(number) \(pieces.map { "\($0)" }.joined(separator: ","))")
    }

    private func write(_ piece: Int, of blob: Blob, to partial: PartialBlob) throws {
        let start = Int(partial.layout.offset(of: piece))
        let bytes = Array(blob.bytes[start..<start + partial.layout.length(of: piece)])
        if case .links(let link) = partial.verifier.check(bytes, piece: piece, start: blob.states[piece], end: blob.states[piece + 1]) {
            try partial.write(bytes, link)
        }
    }

    private struct Blob {
        let bytes: [UInt8]
        let digest: Digest
        let states: StateList
    }

    private func blob(_ number: Int) -> Blob {
        let bytes = script.bytes(of: number)
        guard let layout = PieceLayout(blobSize: UInt64(bytes.count)) else { preconditionFailure("a test's blob is not that large") }
        var walker = ChainWalker(.sha256, layout: layout)
        bytes.withUnsafeBytes { walker.update($0) }
        let (digest, states) = walker.finish()
        return Blob(bytes: bytes, digest: digest, states: states)
    }
}
