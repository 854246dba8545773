/// What a connection still has to send, in order: bytes and ranges of files. Knows nothing of sockets.
struct OutboundQueue {
    typealias Completion = (UVError?) -> Void

    enum Payload {
        case bytes([UInt8])
        case file(OpenFile, offset: UInt64, count: Int)

        var count: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .file(_, _, let count): count
            }
        }
    }

    private struct Entry {
        let payload: Payload
        let completion: Completion?
        /// How much of it the kernel has.
        var sent = 0
    }

    private var entries: [Entry?] = []
    private var head = 0
    /// Bytes that are not yet with the kernel, files' included.
    private(set) var queuedBytes = 0
    /// How many file ranges are among the entries.
    private(set) var fileCount = 0

    var isEmpty: Bool { head == entries.count }
    var count: Int { entries.count - head }

    mutating func append(_ payload: Payload, _ completion: Completion?) {
        entries.append(Entry(payload: payload, completion: completion))
        queuedBytes += payload.count
        if case .file = payload { fileCount += 1 }
    }

    /// The kernel took the next `count` bytes.
    ///
    /// - Returns: the completions of the entries that are through with it, in order.
    mutating func consume(_ count: Int) -> [Completion] {
        precondition(count <= queuedBytes, "more bytes sent than queued")
        queuedBytes -= count
        var left = count
        var completions: [Completion] = []
        while let entry = first {
            let remaining = entry.payload.count - entry.sent
            guard remaining <= left else {
                entries[head]?.sent += left
                break
            }
            left -= remaining
            if let completion = entry.completion { completions.append(completion) }
            removeFirst()
        }
        return completions
    }

    /// Drops everything.
    ///
    /// - Returns: the completions that now have to be told of the failure.
    mutating func removeAll() -> [Completion] {
        let completions = entries[head...].compactMap { $0?.completion }
        self = OutboundQueue()
        return completions
    }

    /// Copies bytes from the front until `target` is full or a file comes.
    ///
    /// - Returns: how many were copied.
    func copyBytes(to target: UnsafeMutableRawBufferPointer) -> Int {
        var filled = 0
        for index in head..<entries.count {
            guard filled < target.count, let entry = entries[index], case .bytes(let bytes) = entry.payload else { break }
            let part = bytes[entry.sent...].prefix(target.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: target[filled...]).copyBytes(from: part)
            filled += part.count
        }
        return filled
    }

    /// Calls `body` with the unsent bytes of the first entry when they are many enough not to be worth copying together.
    func withLargeFirst<T>(atLeast minimum: Int, _ body: (UnsafeRawBufferPointer) -> T) -> T? {
        guard let entry = first, case .bytes(let bytes) = entry.payload, bytes.count - entry.sent >= minimum else { return nil }
        return bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[entry.sent...])) }
    }

    /// The front of the queue, up to `limitBytes`, in a form that another thread can send.
    func batch(limitBytes: Int, limitSegments: Int) -> SendBatch {
        var segments: [SendBatch.Segment] = []
        var left = limitBytes
        for index in head..<entries.count {
            guard left > 0, segments.count < limitSegments, let entry = entries[index] else { break }
            let part = min(left, entry.payload.count - entry.sent)
            left -= part
            guard part > 0 else { continue }
            switch entry.payload {
            case .bytes(let bytes): segments.append(.bytes(bytes[entry.sent..<entry.sent + part]))
            case .file(let file, let offset, _): segments.append(.file(file, offset: offset + UInt64(entry.sent), count: part))
            }
        }
        return SendBatch(segments: segments)
    }

    private var first: Entry? { head < entries.count ? entries[head] : nil }

    private mutating func removeFirst() {
        if case .file = entries[head]?.payload { fileCount -= 1 }
        entries[head] = nil
        head += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: entries.capacity <= 1024)
            head = 0
        } else if head >= 256, head * 2 >= entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }
}
