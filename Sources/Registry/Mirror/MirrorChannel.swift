import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// A client's connection: the framework's HTTP/1 pipeline, with handlers of ours next to the codec that send blobs from their files.
struct MirrorChannel: ServerChildChannel {
    let framework: HTTP1Channel
    let responder: MirrorResponder
    let tls: MirrorTLS?

    init(_ respond: @escaping HTTPChannelHandler.Responder, responder: MirrorResponder, tls: MirrorTLS?) {
        self.responder = responder
        self.tls = tls
        framework = HTTP1Channel(responder: respond)
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<HTTP1Channel.Value> {
        if let tls {
            do {
                try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls.context), position: .first)
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }
        return framework.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
            try pipeline.addHandlers(
                [HeldBlobHandler(responder: responder), StreamHandler(responder.limits)], position: .after(decoder))
            return value
        }
    }

    func handle(value: HTTP1Channel.Value, logger: Logger) async {
        await framework.handle(value: value, logger: logger)
    }
}
