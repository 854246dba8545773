import Hummingbird
import NIOCore

/// What the mirror knows of a request besides the request itself.
struct MirrorContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// When the head had been read.
    let started: ContinuousClock.Instant

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        started = .now
    }

    /// Whether the client is still there.
    func presence() async throws -> ClientPresence {
        let channel = channel
        return try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionWatch.self).presence
        }.get()
    }

    /// Waits until everything written so far has been handed to the system; throws when it cannot be any more.
    func sent() async throws {
        let channel = channel
        try await channel.eventLoop.flatSubmit {
            do {
                let watch = try channel.pipeline.syncOperations.handler(type: ConnectionWatch.self)
                return watch.sent ?? channel.eventLoop.makeSucceededVoidFuture()
            } catch {
                return channel.eventLoop.makeFailedFuture(error)
            }
        }.get()
    }

    /// Does something that ends only when the client takes what it is sent. A client that takes nothing for `limit`, or the cancellation of
    /// the task, ends it by closing the connection.
    @concurrent func watched(_ limit: Duration, _ operation: @concurrent () async throws -> Void) async throws {
        let channel = channel
        let alarm = channel.eventLoop.scheduleTask(in: TimeAmount(limit)) { channel.close(promise: nil) }
        defer { alarm.cancel() }
        try await withTaskCancellationHandler(operation: operation) { channel.close(promise: nil) }
    }
}
