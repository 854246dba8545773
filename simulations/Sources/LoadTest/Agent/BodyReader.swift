import AsyncHTTPClient
import Cryptography
import NIOCore
import NIOHTTP1
import Swarm
import Synchronization

/// Takes one answer in, on its connection's event loop: what it does not keep costs no hop to another thread.
final class BodyReader: HTTPClientResponseDelegate {
    /// What came.
    struct Answer: Sendable {
        var status: UInt = 0
        var headers = HTTPHeaders()
        var bytes: UInt64 = 0
        var firstByteAt: ContinuousClock.Instant?
        var endedAt: ContinuousClock.Instant?
        /// The body, if it was to be kept, or says what is wrong.
        var kept = ByteBuffer()
        /// Of the body, if it was to be computed.
        var digest: Digest?
    }

    private struct State: ~Copyable {
        var answer = Answer()
        var heardAt = ContinuousClock.now
        var hash = StreamingHash(.sha256)
    }

    private let path: String
    private let algorithm: DigestAlgorithm?
    private let limitBytes: UInt64
    private let keeps: Bool
    private let count: @Sendable (Int) -> Void
    private let state: Mutex<State>

    /// - Parameters:
    ///   - path: what is asked for.
    ///   - algorithm: the digest to compute, if any.
    ///   - limitBytes: more than this many are an error.
    ///   - keeps: whether the body is wanted.
    ///   - count: told how many bytes came.
    init(path: String, hashing algorithm: DigestAlgorithm?, limitBytes: UInt64, keeps: Bool, count: @escaping @Sendable (Int) -> Void) {
        self.path = path
        self.algorithm = algorithm
        self.limitBytes = limitBytes
        self.keeps = keeps
        self.count = count
        state = Mutex(State(hash: StreamingHash(algorithm == .sha512 ? .sha512 : .sha256)))
    }

    /// For how long nothing has come.
    var silence: Duration { state.withLock { ContinuousClock.now - $0.heardAt } }

    func didReceiveHead(task: HTTPClient.Task<Answer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        state.withLock {
            $0.heardAt = ContinuousClock.now
            $0.answer.status = UInt(head.status.code)
            $0.answer.headers = head.headers
        }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Answer>, _ buffer: ByteBuffer) -> EventLoopFuture<Void> {
        count(buffer.readableBytes)
        let isOver = state.withLock { state in
            state.heardAt = ContinuousClock.now
            if state.answer.firstByteAt == nil { state.answer.firstByteAt = state.heardAt }
            state.answer.bytes += UInt64(buffer.readableBytes)
            guard state.answer.bytes <= limitBytes else { return true }
            if keeps || !state.answer.isSuccess { state.answer.kept.writeImmutableBuffer(buffer) }
            if algorithm != nil { buffer.withUnsafeReadableBytes { state.hash.update($0) } }
            return false
        }
        guard isOver else { return task.eventLoop.makeSucceededVoidFuture() }
        return task.eventLoop.makeFailedFuture(
            PullFailure.connection("\(path): more than \(limitBytes) bytes, the size that was announced"))
    }

    func didFinishRequest(task: HTTPClient.Task<Answer>) throws -> Answer {
        state.withLock { state in
            state.answer.endedAt = ContinuousClock.now
            if let algorithm {
                var hash = StreamingHash(.sha256)
                swap(&hash, &state.hash)
                state.answer.digest = Digest(algorithm, bytes: hash.finalise())
            }
            return state.answer
        }
    }
}

extension BodyReader.Answer {
    var isSuccess: Bool { (200..<300).contains(status) }
}
