import AsyncHTTPClient
public import NIOCore

/// The bytes of an answer, in order and exactly as many as its head promised, read from the network as fast as they are taken. May be
/// read once.
public struct OriginBody: AsyncSequence, Sendable {
    public typealias Element = ByteBuffer
    public typealias Failure = OriginError

    private let source: HTTPClientResponse.Body
    private let skipping: UInt64
    private let length: UInt64
    private let request: OriginRequest

    /// - Parameters:
    ///   - skipping: bytes to drop first.
    ///   - length: bytes to give after those.
    init(_ source: HTTPClientResponse.Body, skipping: UInt64, length: UInt64, request: OriginRequest) {
        self.source = source
        self.skipping = skipping
        self.length = length
        self.request = request
    }

    public func makeAsyncIterator() -> AsyncIterator {
        AsyncIterator(source: source.makeAsyncIterator(), skip: skipping, remaining: length, request: request)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        private var source: HTTPClientResponse.Body.AsyncIterator
        private var skip: UInt64
        private var remaining: UInt64
        private var hasEnded = false
        private let request: OriginRequest

        init(source: HTTPClientResponse.Body.AsyncIterator, skip: UInt64, remaining: UInt64, request: OriginRequest) {
            self.source = source
            self.skip = skip
            self.remaining = remaining
            self.request = request
        }

        /// - Throws: `OriginError` when the body stalls, breaks off, or ends before its promised length.
        public mutating func next(isolation actor: isolated (any Actor)? = #isolation) async throws(OriginError) -> ByteBuffer? {
            while remaining > 0 {
                guard var chunk = try await pull(isolation: actor) else {
                    throw request.failed(.unreachable("the body ended \(skip + remaining) bytes short"))
                }
                let dropped = Swift.min(skip, UInt64(chunk.readableBytes))
                chunk.moveReaderIndex(forwardBy: Int(dropped))
                skip -= dropped
                let taken = Swift.min(remaining, UInt64(chunk.readableBytes))
                remaining -= taken
                if taken > 0, let slice = chunk.readSlice(length: Int(taken)) { return slice }
            }
            if !hasEnded {
                // Reading the end lets the connection serve the next request; whatever goes wrong here costs no more than that.
                hasEnded = true
                _ = try? await pull(isolation: actor)
            }
            return nil
        }

        private mutating func pull(isolation actor: isolated (any Actor)?) async throws(OriginError) -> ByteBuffer? {
            do {
                return try await source.next(isolation: actor)
            } catch {
                throw request.failed(OriginError.Reason(error, during: .body))
            }
        }
    }
}
