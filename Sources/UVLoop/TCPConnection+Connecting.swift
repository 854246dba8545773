import CLibUV

extension TCPConnection {
    /// Connects to a peer. Call it on the loop, that is from an actor whose executor the loop is.
    ///
    /// The connection reads nothing before `resumeReading()`, so there is time to set its callbacks.
    ///
    /// - Throws: `UVError`: `ECONNREFUSED`, `EHOSTUNREACH`, `ETIMEDOUT` after `timeout`, `ECANCELED` when the loop ends, `EMFILE`.
    public static func connect(
        on loop: UVLoop, to address: SocketAddress, timeout: Duration = .seconds(10), limits: Limits = .init()
    ) async throws(UVError) -> TCPConnection {
        let connection = try TCPConnection(on: loop, limits: limits, state: .closed)
        let failure: UVError? = await withCheckedContinuation { continuation in
            connection.start(to: address, timeout: timeout) { continuation.resume(returning: $0) }
        }
        if let failure { throw failure }
        return connection
    }

    /// As the asynchronous form, for callers on the loop that have no task.
    ///
    /// - Parameter then: called once, in a later turn of the loop.
    public static func connect(
        on loop: UVLoop, to address: SocketAddress, timeout: Duration = .seconds(10), limits: Limits = .init(),
        then: @escaping (Result<TCPConnection, UVError>) -> Void
    ) {
        let connection: TCPConnection
        do throws(UVError) {
            connection = try TCPConnection(on: loop, limits: limits, state: .closed)
        } catch {
            _ = LoopTimer(on: loop, after: .zero) { then(.failure(error)) }
            return
        }
        connection.start(to: address, timeout: timeout) { failure in
            then(failure.map { .failure($0) } ?? .success(connection))
        }
    }

    private func start(to address: SocketAddress, timeout: Duration, then: @escaping (UVError?) -> Void) {
        state = .connecting(then: then)
        let operation = "connect to \(address)"
        let request = UnsafeMutablePointer<uv_connect_t>.allocate(capacity: 1)
        request.pointee.data = native.base.pointee.data
        let status = address.withSocketAddress { address in
            uv_tcp_connect(request, tcp, address) { request, status in
                let connection = TCPConnection.of(request?.pointee.data)
                request?.deallocate()
                connection?.connected(status)
            }
        }
        remoteAddress = address
        if status != 0 {
            request.deallocate()
            return failConnecting(UVError(status: status, operation: operation))
        }
        deadline = LoopTimer(on: loop, after: timeout) { [weak self] in
            self?.failConnecting(UVError(.timedOut, operation: operation, detail: "no answer within \(timeout)"))
        }
    }

    private func connected(_ status: Int32) {
        guard case .connecting(let then) = state else { return }  // given up already; the handle is closing
        guard status == 0 else {
            return failConnecting(UVError(status: status, operation: "connect to \(peerName)"))
        }
        deadline?.cancel()
        deadline = nil
        state = .open
        configure()
        then(nil)
    }

    /// Reports when the handle has closed, so in a later turn.
    func failConnecting(_ error: UVError) {
        guard case .connecting(let then) = state else { return }
        deadline?.cancel()
        deadline = nil
        state = .closed
        native.close { then(error) }
    }
}
