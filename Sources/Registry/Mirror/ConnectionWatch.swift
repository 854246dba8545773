import NIOCore

/// Watches one connection: its input for the client's leaving, its output for what has really been sent. Lives on the connection's event
/// loop.
final class ConnectionWatch: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = NIOAny
    typealias OutboundIn = NIOAny

    let presence = ClientPresence()
    /// Done when everything written so far has been handed to the system.
    private(set) var sent: EventLoopFuture<Void>?

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { presence.leave() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        presence.leave()
        context.fireChannelInactive()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let promise = promise ?? context.eventLoop.makePromise()
        sent = promise.futureResult
        context.write(data, promise: promise)
    }
}
