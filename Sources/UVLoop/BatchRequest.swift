/// A `SendBatch` on the thread pool. The socket and the files stay open until it has ended, whatever becomes of the connection.
final class BatchRequest: WorkRequest {
    private let batch: SendBatch
    private let socket: DuplicatedSocket
    private let then: (Int, SendBatch.End) -> Void
    /// Written on the pool's thread, read on the loop's after libuv's own lock has changed hands.
    private var result: (sent: Int, end: SendBatch.End)?

    init(_ batch: SendBatch, on socket: DuplicatedSocket, then: @escaping (Int, SendBatch.End) -> Void) {
        self.batch = batch
        self.socket = socket
        self.then = then
    }

    override func work() {
        result = batch.send(on: socket)
    }

    override func finish(_ status: Int32) {
        let result = result ?? (0, .failed(UVError(status: status, operation: "send a file")))
        then(result.sent, result.end)
    }
}
