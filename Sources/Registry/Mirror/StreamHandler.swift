import NIOCore
import NIOHTTP1

/// What the framework lacks on one connection: hears that the client has left, ends the connection of a client that takes nothing, and sends the
/// bodies of streamed blobs, whose chunks may lie in files. Sits between `HeldBlobHandler` and the framework. Lives on the connection's event loop.
final class StreamHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny
    typealias OutboundOut = HTTPServerResponsePart

    let presence = ClientPresence()
    private let writeStall: TimeAmount
    private let patience = ConnectionPatience()
    private var context: ChannelHandlerContext?
    /// Writes that the system has not taken all of.
    private var unsent = 0
    /// The files' parts among them.
    private var parts: [FilePart] = []

    init(_ limits: MirrorLimits) {
        writeStall = TimeAmount(limits.writeStall)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { presence.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        context = nil
        patience.end()
        presence.leave()
    }

    // MARK: Writing

    /// The framework's heads, ends and small bodies.
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise()
        began(promise.futureResult, context) { _ in }
        context.write(data, promise: promise)
    }

    /// Sends part of a body of known length, after all that was written before.
    ///
    /// - Parameter taken: told when the system has all of it, or why it never will.
    func send(_ chunk: BodyChunk, taken: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        guard let context else {
            taken(.failure(ChannelError.ioOnClosedChannel))
            return
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        let data: IOData
        switch chunk {
        case .bytes(let bytes):
            data = .byteBuffer(bytes)
            began(promise.futureResult, context, taken)
        case .file(let part):
            data = .fileRegion(part.region)
            parts.append(part)
            began(promise.futureResult, context) { [self] result in
                parts.removeAll { $0 === part }
                taken(result)
            }
        }
        context.writeAndFlush(wrapOutboundOut(.body(data)), promise: promise)
    }

    private func began(
        _ write: EventLoopFuture<Void>, _ context: ChannelHandlerContext, _ taken: @escaping (Result<Void, any Error>) -> Void
    ) {
        if unsent == 0 { patience.renew() }
        unsent += 1
        write.assumeIsolated().whenComplete { [self] result in
            unsent -= 1
            patience.renew()
            taken(result)
        }
        patience.watch(context.eventLoop, { [weak self] in self?.wait ?? ConnectionPatience.Wait(limit: nil, glance: .hours(1)) }) {
            context.close(promise: nil)
        }
    }

    /// The system would send nothing of a file that is cut off, again and again.
    private var wait: ConnectionPatience.Wait {
        guard unsent > 0 else { return .init(limit: nil, glance: writeStall) }
        let isCutOff = parts.contains { $0.cutOff != nil }
        return .init(limit: isCutOff ? .zero : writeStall, glance: parts.isEmpty ? writeStall : .seconds(1))
    }
}
