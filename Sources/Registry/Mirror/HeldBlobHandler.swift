import Logging
import NIOCore
import NIOHTTP1
import Swarm

/// Answers requests for blobs that this node holds whole, right on the connection's event loop, with sendfile(2) where the body is not
/// small; all other requests go on to the framework. Sits between the HTTP/1 codec and everything else, so it has the bytes' last word.
///
/// Answers keep the order of their requests: a request is claimed only when the framework owes none, and what arrives while a body of ours is
/// under way waits for its end.
final class HeldBlobHandler: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private enum State {
        /// Between requests.
        case free
        /// The head of a request of ours was read, its end was not.
        case claimed(HeldAnswer, HTTPMethod, keepAlive: Bool)
        case sending(HeldBody)
        /// Requests that the framework has yet to answer; whether the last one is still being read, and whether another may follow it.
        case passing(owed: Int, isReading: Bool, keepAlive: Bool)
        /// No answer follows any more.
        case ending
    }

    private enum Arrival {
        case part(HTTPServerRequestPart)
        case event(Any)
        case error(any Error)
    }

    private let responder: MirrorResponder
    private var state = State.free
    /// What came while a body was being sent. Nothing more is read then, so this holds at most one read's worth.
    private var arrivals = CircularBuffer<Arrival>()
    private var wantsRead = false
    private var isReplaying = false
    private let patience = ConnectionPatience()

    init(responder: MirrorResponder) {
        self.responder = responder
    }

    // MARK: Arriving

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { watch(context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        watch(context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        arrived(.part(unwrapInboundIn(data)), context)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        arrived(.event(event), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        arrived(.error(error), context)
    }

    func read(context: ChannelHandlerContext) {
        if case .sending = state, !arrivals.isEmpty {
            wantsRead = true
        } else {
            context.read()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end(context)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end(context)
    }

    private func end(_ context: ChannelHandlerContext) {
        state = .ending
        arrivals.removeAll()
        patience.end()
    }

    private func arrived(_ arrival: Arrival, _ context: ChannelHandlerContext) {
        if case .sending = state {
            arrivals.append(arrival)
        } else if isReplaying {
            arrivals.append(arrival)
        } else {
            take(arrival, context)
        }
    }

    private func take(_ arrival: Arrival, _ context: ChannelHandlerContext) {
        switch arrival {
        case .part(let part): take(part, context)
        case .event(let event): context.fireUserInboundEventTriggered(event)
        case .error(let error): context.fireErrorCaught(error)
        }
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        patience.renew()
        switch (state, part) {
        case (.free, .head(let head)):
            if head.version == .http1_1, !head.hasBody, let answer = responder.heldAnswer(to: head) {
                state = .claimed(answer, head.method, keepAlive: head.isKeepAlive)
            } else {
                state = .passing(owed: 1, isReading: true, keepAlive: head.isKeepAlive)
                context.fireChannelRead(wrapInboundOut(part))
            }
        case (.claimed(let answer, let method, let keepAlive), .end):
            send(answer, method, keepAlive, context)
        case (.claimed, _): break
        case (.passing(let owed, _, let keepAlive), .head(let head)):
            state = .passing(owed: owed + 1, isReading: true, keepAlive: keepAlive && head.isKeepAlive)
            context.fireChannelRead(wrapInboundOut(part))
        case (.passing(let owed, _, let keepAlive), .end):
            state = .passing(owed: owed, isReading: false, keepAlive: keepAlive)
            settle(context)
            context.fireChannelRead(wrapInboundOut(part))
        default:
            context.fireChannelRead(wrapInboundOut(part))
        }
    }

    // MARK: Passing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data), case .passing(let owed, let isReading, let keepAlive) = state {
            state = .passing(owed: max(0, owed - 1), isReading: isReading, keepAlive: keepAlive)
            patience.renew()
            settle(context)
        }
        context.write(data, promise: promise)
    }

    /// When the framework owes no answer, the next request may be ours again.
    private func settle(_ context: ChannelHandlerContext) {
        guard case .passing(owed: 0, isReading: false, let keepAlive) = state else { return }
        state = keepAlive ? .free : .ending
        watch(context)
    }

    // MARK: Answering

    private func send(_ answer: HeldAnswer, _ method: HTTPMethod, _ keepAlive: Bool, _ context: ChannelHandlerContext) {
        let body = HeldBody(answer, keepAlive: keepAlive, isEncrypted: responder.isEncrypted, responder.limits, responder.observer)
        if responder.accessLog != nil {
            var entry = AccessEntry(client: context.remoteAddress?.hostAndPort, method: method.rawValue)
            (entry.place, entry.reference, entry.digest) = (answer.place, answer.digest.description, answer.digest)
            (entry.status, entry.source) = (Int(answer.head.status.code), .store)
            body.entry = entry
        }
        state = .sending(body)
        sendNext(of: body, context)
    }

    /// One chunk at a time: what a client does not take costs neither memory nor a place in the loop's turns.
    private func sendNext(of body: HeldBody, _ context: ChannelHandlerContext) {
        patience.renew()
        let sent = context.eventLoop.makePromise(of: Void.self)
        do {
            try body.writeNext(to: context, promise: sent)
        } catch {
            sent.fail(error)
        }
        context.flush()
        sent.futureResult.assumeIsolated().whenComplete { result in
            switch result {
            case .success where body.isAtEnd: self.finish(body, context)
            // Through the loop's queue, so that a client that is as fast as this machine does not keep others waiting.
            case .success: context.eventLoop.assumeIsolated().execute { self.goOn(body, context) }
            case .failure(let error): self.fail(body, error, context)
            }
        }
        if case .sending(let current) = state, current === body { watch(context) }
    }

    private func goOn(_ body: HeldBody, _ context: ChannelHandlerContext) {
        body.acknowledge()
        if case .sending = state { sendNext(of: body, context) }
    }

    private func finish(_ body: HeldBody, _ context: ChannelHandlerContext) {
        body.acknowledge()
        report(body)
        guard case .sending = state else { return }
        state = body.keepAlive ? .free : .ending
        patience.renew()
        if !body.keepAlive { context.close(mode: .output, promise: nil) }
        replay(context)
    }

    /// What was promised can no longer be kept: the body ends short with an orderly end of the connection (FIN), on which containerd resumes
    /// with a range; a reset would be fatal to its pull.
    private func fail(_ body: HeldBody, _ error: any Error, _ context: ChannelHandlerContext) {
        let error = body.cutOff ?? error
        report(body)
        body.release()
        let metadata: Logger.Metadata = ["digest": "\(body.digest)", "written": "\(body.written)", "reason": "\(error)"]
        if error is ContentError {
            responder.logger.warning("a body ended short", metadata: metadata)
        } else {
            responder.logger.debug("the client went away", metadata: metadata)
        }
        guard case .sending = state else { return }
        state = .ending
        context.close(mode: .output, promise: nil)
        replay(context)
    }

    private func report(_ body: HeldBody) {
        if let entry = body.takeEntry() { responder.accessLog?(entry) }
    }

    /// Goes on with what came meanwhile, until one of its requests has a body that takes longer.
    private func replay(_ context: ChannelHandlerContext) {
        guard !isReplaying else { return }
        isReplaying = true
        while !arrivals.isEmpty {
            if case .sending = state { break }
            take(arrivals.removeFirst(), context)
        }
        isReplaying = false
        if wantsRead, arrivals.isEmpty {
            wantsRead = false
            context.read()
        }
    }

    // MARK: Waiting

    /// Closes the connection when the client does nothing for too long, or the file is cut off in the middle of a chunk: then the system
    /// would send nothing of it, again and again.
    private func watch(_ context: ChannelHandlerContext) {
        patience.watch(context.eventLoop, { [weak self] in self?.wait ?? ConnectionPatience.Wait(limit: .zero, glance: .zero) }) {
            context.close(promise: nil)
        }
    }

    private var wait: ConnectionPatience.Wait {
        switch state {
        case .sending(let body):
            .init(limit: body.cutOff == nil ? TimeAmount(responder.limits.writeStall) : .zero, glance: .seconds(1))
        // The framework's work has limits of its own.
        case .passing(_, isReading: false, _): .init(limit: nil, glance: .seconds(10))
        case .free, .claimed, .passing, .ending: .init(limit: TimeAmount(responder.limits.idle), glance: TimeAmount(responder.limits.idle))
        }
    }
}

extension HTTPRequestHead {
    fileprivate var hasBody: Bool {
        headers.contains(name: "transfer-encoding") || headers.first(name: "content-length").map { $0 != "0" } == true
    }
}
