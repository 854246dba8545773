import BlobStore
import StorageTestSupport
import Swarm
import Testing

/// A child that works on a store is killed (`kill -9`) and what it leaves is looked at.
@Suite struct CrashTests {
    static let steps = StoreStep.allCases.flatMap { step in [1, 2, 5].map { (step, $0) } }

    @Test(arguments: steps) func killedAtAStep(step: StoreStep, count: Int) throws {
        let directory = try TemporaryDirectory()
        let script = CrashScript(seed: UInt64(count))
        let child = try ChildProcess(
            "CrashingWriter", arguments: ["store", directory.path, "\(script.seed)", "6", "1"],
            environment: ["SHOAL_CRASH_AT": "\(step):\(count)"])
        var remains = Remains()
        while let line = child.readLine() { try remains.note(line) }
        #expect(child.waitForExit() == 128 + 9)
        try remains.check(directory, script)
    }

    @Test(arguments: 0..<12 as Range<UInt64>) func killedAtRandom(seed: UInt64) throws {
        let directory = try TemporaryDirectory()
        let script = CrashScript(seed: seed)
        var generator = SeededGenerator(seed: seed)
        let child = try ChildProcess("CrashingWriter", arguments: ["store", directory.path, "\(seed)", "8", "2"])
        var remains = Remains()
        for _ in 0..<Int.random(in: 0..<30, using: &generator) { if let line = child.readLine() { try remains.note(line) } }
        child.kill()
        while let line = child.readLine() { try remains.note(line) }
        try remains.check(directory, script)
    }

    @Test func aRunWithoutACrashLeavesNothingToRecover() throws {
        let directory = try TemporaryDirectory()
        let child = try ChildProcess("CrashingWriter", arguments: ["store", directory.path, "5", "6", "2"])
        var remains = Remains()
        while let line = child.readLine() { try remains.note(line) }
        #expect(child.waitForExit() == 0)
        #expect(remains.hasEnded)
        #expect(try BlobStore(directory: directory.path).recovery.isClean)
        try remains.check(directory, CrashScript(seed: 5))
    }
}

/// What a killed child said it had done.
private struct Remains {
    private(set) var hasEnded = false
    private var whole: Set<Int> = []
    private var recorded: [Int: [Int]] = [:]
    /// Blobs that the child may have begun to remove: nothing is known of them.
    private var doubtful: Set<Int> = []
    private var removed: Set<Int> = []

    mutating func note(_ line: String) throws {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        let number = words.count > 1 ? Int(words[1]) : nil
        switch (words[0], number) {
        case ("whole", let number?): whole.insert(number)
        case ("recorded", let number?): recorded[number] = words[2].split(separator: ",").compactMap { Int($0) }
        case ("removing", let number?): doubtful.insert(number)
        case ("removed", let number?): removed.insert(number)
        case ("end", nil): hasEnded = true
        default: Issue.record("the child says \(line)")
        }
    }

    func check(_ directory: TemporaryDirectory, _ script: CrashScript) throws {
        do {
            let store = try BlobStore(directory: directory.path)
            let samples = try (0..<32).map { try SampleBlob(script.bytes(of: $0)) }
            for number in whole.subtracting(doubtful) { #expect(store.size(of: samples[number].digest) != nil, "blob \(number) is lost") }
            for number in removed { #expect(store.size(of: samples[number].digest) == nil, "blob \(number) is back") }
            for held in store.heldBlobs {
                try store.verify(held.digest)
                let sample = try #require(samples.first { $0.digest == held.digest })
                #expect(try store.states(of: held.digest) == sample.states)
            }
            for partial in store.partialBlobs {
                let number = try #require(samples.firstIndex { $0.digest == partial.digest })
                try finish(samples[number], partial.size, in: store, expecting: doubtful.contains(number) ? [] : recorded[number] ?? [])
            }
            for (number, _) in recorded where !doubtful.contains(number) { #expect(store.size(of: samples[number].digest) != nil) }
        }
        #expect(try BlobStore(directory: directory.path).recovery.isClean)
    }

    /// Looks at the pieces of a partial blob, brings the others, and completes it.
    private func finish(_ sample: SampleBlob, _ size: UInt64, in store: BlobStore, expecting recorded: [Int]) throws {
        let partial = try store.beginPartial(sample.digest, size: size)
        #expect(size == sample.layout.blobSize)
        for piece in recorded { #expect(partial.pieces.contains(piece), "piece \(piece) was flushed and is lost") }
        for piece in partial.pieces {
            #expect(
                try partial.reader.read(at: sample.layout.offset(of: piece), count: sample.layout.length(of: piece)) == sample.piece(piece))
        }
        try sample.write((0..<sample.layout.pieceCount).filter { !partial.pieces.contains($0) }, to: partial)
        try store.complete(sample.digest)
        try store.verify(sample.digest)
    }
}
