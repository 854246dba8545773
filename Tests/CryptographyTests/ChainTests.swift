import Cryptography
import StorageTestSupport
import Swarm
import Testing

/// The digest chain: pieces checked alone, in any order and on several threads, judge a message as one pass does.
@Suite struct ChainTests {
    static let cases = HashAlgorithm.allCases.flatMap { algorithm in
        [1, 2, 4].flatMap { threads in (0..<8 as Range<UInt64>).map { (algorithm, threads, $0) } }
    }

    @Test(arguments: cases) func piecesAloneJudgeAsOnePassDoes(algorithm: HashAlgorithm, threads: Int, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let message = generator.bytes(Int.random(in: 0...40_000, using: &generator))
        let chain = try Chain(of: message, algorithm: algorithm, using: &generator)
        #expect(chain.digest == StreamingHash.digest(algorithm, of: message))
        let order = Array(chain.cuts.indices.dropLast()).shuffled(using: &generator)
        #expect(await chain.broken(in: message, order: order, threads: threads) == [])
    }

    @Test(arguments: cases) func aFlippedBitFailsItsOwnLinkOnly(algorithm: HashAlgorithm, threads: Int, seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        var message = generator.bytes(Int.random(in: 1...40_000, using: &generator))
        let chain = try Chain(of: message, algorithm: algorithm, using: &generator)
        let bit = Int.random(in: 0..<message.count * 8, using: &generator)
        message[bit / 8] ^= 1 << UInt8(bit % 8)
        let hurt = try #require(chain.cuts.lastIndex { $0 <= bit / 8 })
        let order = Array(chain.cuts.indices.dropLast()).shuffled(using: &generator)
        #expect(await chain.broken(in: message, order: order, threads: threads) == [hurt])
    }

    @Test(arguments: HashAlgorithm.allCases) func stateOffABlockBoundaryIsAnError(algorithm: HashAlgorithm) throws {
        var hash = StreamingHash(algorithm)
        hash.update([UInt8](repeating: 1, count: algorithm.blockByteCount + 3))
        do {
            _ = try hash.exportState()
            Issue.record("a state was given in the middle of a block")
        } catch {
            #expect(error == HashError.offBlockBoundary(algorithm: algorithm, pending: 3))
        }
        hash.update([UInt8](repeating: 1, count: algorithm.blockByteCount - 3))
        #expect(try hash.exportState().count == algorithm.stateByteCount)
    }

    @Test(arguments: HashAlgorithm.allCases) func resumingRefusesWhatIsNoState(algorithm: HashAlgorithm) {
        let state = [UInt8](repeating: 1, count: algorithm.stateByteCount)
        #expect(throws: HashError.wrongStateLength(algorithm: algorithm, actual: algorithm.stateByteCount - 1)) {
            _ = try StreamingHash(algorithm, resuming: Array(state.dropLast()), afterBytes: 0)
        }
        #expect(throws: HashError.offBlockBoundary(algorithm: algorithm, pending: 1)) {
            _ = try StreamingHash(algorithm, resuming: state, afterBytes: UInt64(algorithm.blockByteCount + 1))
        }
        #expect(throws: HashError.tooManyBytes(1 << 61)) {
            _ = try StreamingHash(algorithm, resuming: state, afterBytes: 1 << 61)
        }
    }

    /// The bit count takes more than 32 bits from 512 MiB on: resuming there must still count right.
    @Test(arguments: HashAlgorithm.allCases) func resumesBeyondThirtyTwoBitsOfLength(algorithm: HashAlgorithm) throws {
        let step = [UInt8](repeating: 0x5a, count: 8 << 20)
        var whole = StreamingHash(algorithm)
        for _ in 0..<65 { whole.update(step) }
        let state = try whole.exportState()
        var resumed = try StreamingHash(algorithm, resuming: state, afterBytes: 65 * 8 << 20)
        whole.update([1, 2, 3])
        resumed.update([1, 2, 3])
        let (expected, actual) = (whole.finalise(), resumed.finalise())
        #expect(actual == expected)
    }
}

/// A message's cut into pieces and the states between them.
private struct Chain: Sendable {
    let algorithm: HashAlgorithm
    /// Where the pieces begin, and the message's end.
    let cuts: [Int]
    /// S_0 …, one for each piece's begin.
    let states: [[UInt8]]
    let digest: [UInt8]

    init(of message: [UInt8], algorithm: HashAlgorithm, using generator: inout SeededGenerator) throws {
        self.algorithm = algorithm
        var hash = StreamingHash(algorithm)
        var cuts = [0]
        var states = [try hash.exportState()]
        while true {
            let length = algorithm.blockByteCount * Int.random(in: 1...64, using: &generator)
            guard let begin = cuts.last, message.count - begin > length else { break }
            hash.update(Array(message[begin..<begin + length]))
            cuts.append(begin + length)
            states.append(try hash.exportState())
        }
        hash.update(Array(message[(cuts.last ?? 0)...]))
        self.cuts = cuts + [message.count]
        self.states = states
        self.digest = hash.finalise()
    }

    func isRight(_ piece: Int, in message: [UInt8]) throws -> Bool {
        var hash = try StreamingHash(algorithm, resuming: states[piece], afterBytes: UInt64(cuts[piece]))
        hash.update(Array(message[cuts[piece]..<cuts[piece + 1]]))
        return piece + 1 < states.count ? try hash.exportState() == states[piece + 1] : hash.finalise() == digest
    }

    /// The pieces that do not link, looked at in the given order by that many tasks at once.
    func broken(in message: [UInt8], order: [Int], threads: Int) async -> [Int] {
        await withTaskGroup(of: [Int].self) { group in
            for worker in 0..<threads {
                group.addTask {
                    stride(from: worker, to: order.count, by: threads).map { order[$0] }.filter { (try? isRight($0, in: message)) != true }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }.sorted()
        }
    }
}
