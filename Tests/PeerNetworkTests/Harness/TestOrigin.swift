import PeerNetwork
import Swarm

/// An origin that serves blobs from memory, with faults, and writes down what it was asked.
actor TestOrigin: OriginFetching {
    static let location = OriginLocation(registry: "registry.example.com", repository: "org/app", isManifest: false)

    struct Fetch: Sendable {
        let digest: Digest
        let range: Range<UInt64>?
    }

    private var blobs: [Digest: [UInt8]] = [:]
    /// Bytes of a blob that are not what they should be.
    private var wrongAt: [Digest: Int] = [:]
    private(set) var fetches: [Fetch] = []
    private(set) var sentBytes = 0
    /// What was said not to hash to its digest.
    private(set) var contradicted: [Digest] = []
    /// Held before the answer is given.
    private let answerGate: Gate
    /// Held before byte `gatedFrom` of a blob is sent.
    private let bodyGate: Gate
    private let gatedFrom: Int
    /// The first answers break off after so many bytes each.
    private var breaks: [Int]
    /// Ranges are answered with everything from their begin on.
    private let ignoresRanges: Bool

    init(
        _ contents: [Content], answerGate: Gate = Gate(isOpen: true), bodyGate: Gate = Gate(isOpen: true), gatedFrom: Int = .max,
        breaks: [Int] = [], ignoresRanges: Bool = false
    ) {
        for content in contents { blobs[content.digest] = content.bytes }
        self.answerGate = answerGate
        self.bodyGate = bodyGate
        self.gatedFrom = gatedFrom
        self.breaks = breaks
        self.ignoresRanges = ignoresRanges
    }

    func fetch(_ digest: Digest, at location: OriginLocation, range: Range<UInt64>?) async throws(OriginFailure) -> OriginAnswer {
        fetches.append(Fetch(digest: digest, range: range))
        await answerGate.pass()
        guard var blob = blobs[digest] else { throw .notFound("the test's origin has no \(digest.short)") }
        let start = range.map { Int($0.lowerBound) } ?? 0
        let end = ignoresRanges ? blob.count : range.map { Int($0.upperBound) } ?? blob.count
        guard start < end || blob.isEmpty, end <= blob.count || start < blob.count else { throw .broken("416") }
        let wanted = start..<min(end, blob.count)
        if let index = wrongAt[digest] { blob[index] ^= 1 }
        let breakAfter = breaks.isEmpty ? Int.max : breaks.removeFirst()
        let body = Body(bytes: blob, range: wanted, breakAfter: breakAfter, gate: bodyGate, gatedFrom: gatedFrom)
        return OriginAnswer(blobSize: UInt64(blob.count), isRangeIgnored: ignoresRanges && range != nil) { () async throws(OriginFailure) in
            guard let chunk = try await body.next() else { return nil }
            await self.sent(chunk.bytes.count)
            return chunk
        }
    }

    /// What other agents were told, by server.
    private(set) var pauses: [String: Duration] = [:]

    func leaveAlone(_ server: String, for duration: Duration) { pauses[server] = duration }

    func contradicted(_ digest: Digest) { contradicted.append(digest) }

    /// From now on a byte of the blob is wrong.
    func spoil(_ digest: Digest, at index: Int) { wrongAt[digest] = index }

    private func sent(_ count: Int) { sentBytes += count }

    private struct Chunk: ByteChunk {
        let bytes: [UInt8]

        func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) { bytes.withUnsafeBytes(body) }
    }

    /// One answer's bytes, in chunks that have nothing to do with pieces.
    private actor Body {
        private static let chunkBytes = 48_611
        private let bytes: [UInt8]
        private let range: Range<Int>
        private let breakAfter: Int
        private let gate: Gate
        private let gatedFrom: Int
        private var sent = 0

        init(bytes: [UInt8], range: Range<Int>, breakAfter: Int, gate: Gate, gatedFrom: Int) {
            self.bytes = bytes
            self.range = range
            self.breakAfter = breakAfter
            self.gate = gate
            self.gatedFrom = gatedFrom
        }

        func next() async throws(OriginFailure) -> Chunk? {
            let start = range.lowerBound + sent
            guard start < range.upperBound else { return nil }
            guard sent < breakAfter else { throw .broken("the test's origin hung up after \(sent) bytes") }
            var end = min(range.upperBound, start + Self.chunkBytes, range.lowerBound + min(breakAfter, bytes.count))
            if start < gatedFrom {
                end = min(end, gatedFrom)
            } else {
                await gate.pass()
            }
            sent = end - range.lowerBound
            return Chunk(bytes: Array(bytes[start..<end]))
        }
    }
}
