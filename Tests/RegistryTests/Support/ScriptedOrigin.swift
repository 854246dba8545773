import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

#if canImport(Glibc)
    import Glibc
#endif

/// A registry that does to each request exactly what its script says, down to resets and silence.
struct ScriptedOrigin: Sendable {
    enum Step: Sendable {
        case send(String)
        case bytes([UInt8])
        /// Says nothing more until the client goes.
        case stall
        /// An orderly end of the connection.
        case fin
        /// An abrupt one.
        case reset
    }

    let port: Int
    private let log: NIOLockedValueBox<[RawMessage]>

    var requests: [RawMessage] { log.withLockedValue { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    /// Runs an origin on a free port for as long as `body` runs.
    static func with<Value: Sendable>(
        _ script: @escaping @Sendable (RawMessage) -> [Step], _ body: (ScriptedOrigin) async throws -> Value
    ) async throws -> Value {
        let log = NIOLockedValueBox<[RawMessage]>([])
        // Each connection is served from the moment it is accepted: one that waited in an async server channel when that is cancelled would
        // trip NIO's check for writers that are never finished.
        let server = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let client = try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    Task { try? await serve(client, script, log) }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let origin = ScriptedOrigin(port: server.localAddress?.port ?? 0, log: log)
        do {
            let value = try await body(origin)
            try await server.close()
            return value
        } catch {
            try? await server.close()
            throw error
        }
    }

    /// A plain good answer.
    static func ok(_ body: String, _ fields: [String] = [], status: String = "200 OK", omitBody: Bool = false) -> [Step] {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.utf8.count)"] + fields
        return [.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (omitBody ? "" : body))]
    }

    private static func serve(
        _ client: NIOAsyncChannel<ByteBuffer, ByteBuffer>, _ script: @escaping @Sendable (RawMessage) -> [Step],
        _ log: NIOLockedValueBox<[RawMessage]>
    ) async throws {
        try await client.executeThenClose { inbound, outbound in
            var pending: [UInt8] = []
            for try await chunk in inbound {
                pending += chunk.readableBytesView
                // The body may come after the head.
                guard let request = RawMessage(parsing: pending), request.body.count >= request.bodyLength else { continue }
                pending = []
                log.withLockedValue { $0.append(request) }
                for step in script(request) {
                    switch step {
                    case .send(let text): try await outbound.write(ByteBuffer(string: text))
                    case .bytes(let bytes): try await outbound.write(ByteBuffer(bytes: bytes))
                    case .stall: break
                    case .fin: return
                    case .reset:
                        let options = client.channel as? any SocketOptionProvider
                        try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
                        return
                    }
                }
            }
        }
    }
}
