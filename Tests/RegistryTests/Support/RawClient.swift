import NIOCore
import NIOPosix
import Testing

/// A TCP connection whose every byte and whose end the test sees: a FIN ends the input, a reset throws.
struct RawClient {
    /// Connects, runs the test's part, and closes.
    static func with<Value: Sendable>(
        port: Int, _ body: @Sendable (inout Session) async throws -> Value
    ) async throws -> Value {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }
        return try await channel.executeThenClose { inbound, outbound in
            var session = Session(input: inbound.makeAsyncIterator(), output: outbound, channel: channel.channel)
            return try await body(&session)
        }
    }

    /// One request on a connection of its own, read to the end.
    static func get(
        _ target: String, port: Int, method: String = "GET", fields: [String] = []
    ) async throws -> RawMessage {
        try await with(port: port) { session in
            let lines = ["\(method) \(target) HTTP/1.1", "Host: test", "Connection: close"] + fields
            try await session.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
            let bytes = try await session.readToEnd()
            guard let message = RawMessage(parsing: bytes) else { throw RawClientError.notAnAnswer(bytes.count) }
            return message
        }
    }

    /// Sends a request for a file that is cut off once its first bytes have come: the answer must promise all of it, and end early with FIN.
    static func expectFIN(where file: TestFile, isCutOffBeneath request: String, port: Int) async throws {
        let answer = try await with(port: port) { session in
            try await session.send(request)
            let head = try await session.read { $0.count > 1000 }
            try file.cut(to: 1000)
            return RawMessage(parsing: head + (try await session.readToEnd()))
        }
        #expect(answer?["content-length"] == "\(file.bytes.count)")
        #expect(answer.map { (1000..<file.bytes.count).contains($0.body.count) } == true)
    }

    struct Session {
        var input: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        let output: NIOAsyncChannelOutboundWriter<ByteBuffer>
        let channel: any Channel

        func send(_ text: String) async throws { try await output.write(ByteBuffer(string: text)) }

        /// Nothing more is sent.
        func shutDownOutput() async throws { try await channel.close(mode: .output) }

        mutating func readToEnd() async throws -> [UInt8] {
            var bytes: [UInt8] = []
            while let chunk = try await input.next(isolation: #isolation) { bytes += chunk.readableBytesView }
            return bytes
        }

        /// Reads until the test has seen enough, or the input ends.
        mutating func read(until isEnough: ([UInt8]) -> Bool) async throws -> [UInt8] {
            var bytes: [UInt8] = []
            while !isEnough(bytes), let chunk = try await input.next(isolation: #isolation) { bytes += chunk.readableBytesView }
            return bytes
        }
    }
}

enum RawClientError: Error {
    case notAnAnswer(Int)
}
