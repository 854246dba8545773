import NIOCore

/// A client's connection, as tasks see it.
struct ClientConnection: Sendable {
    /// Whether the client is still there.
    let presence: ClientPresence
    private let channel: any Channel
    private let handler: NIOLoopBound<StreamHandler>

    init(_ channel: any Channel) async throws {
        self.channel = channel
        (presence, handler) = try await channel.eventLoop.submit {
            let handler = try channel.pipeline.syncOperations.handler(type: StreamHandler.self)
            return (handler.presence, NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }.get()
    }

    /// Sends part of a body, after all that the calling task has given to the framework: that too goes through the event loop's queue.
    ///
    /// - Parameter taken: told when the system has all of it, or why it never will, on the event loop.
    func send(_ chunk: BodyChunk, taken: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        channel.eventLoop.execute { handler.value.send(chunk, taken: taken) }
    }

    /// Lets go of everything at once.
    func close() { channel.close(promise: nil) }

    /// Says that nothing more comes, with FIN, once what was written is on its way.
    ///
    /// - Throws: when the connection is gone.
    func finish() async throws { try await channel.close(mode: .output) }
}
