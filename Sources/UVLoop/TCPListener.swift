import CLibUV

/// A listening TCP socket. On its loop's thread only; keeps itself alive until it is closed.
public final class TCPListener: LoopOwned {
    public let loop: UVLoop
    /// What every accepted connection may queue.
    public let limits: TCPConnection.Limits
    /// Called with each new connection, which reads nothing before `resumeReading()`. Without a taker connections are closed.
    public var onConnection: ((TCPConnection) -> Void)?
    /// Called when accepting fails, typically for want of descriptors (`EMFILE`); the listener goes on.
    public var onAcceptError: ((UVError) -> Void)?
    /// Where it listens, with the port that the system chose; nil before `bind`.
    public private(set) var localAddress: SocketAddress?

    private let native: NativeHandle

    private var tcp: UnsafeMutablePointer<uv_tcp_t> { native.pointer.assumingMemoryBound(to: uv_tcp_t.self) }

    /// - Throws: `ECANCELED` when the loop is shutting down.
    public init(on loop: UVLoop, limits: TCPConnection.Limits = .init()) throws(UVError) {
        self.loop = loop
        self.limits = limits
        self.native = try NativeHandle(uv_tcp_t.self, on: loop, "create listener") { uv_tcp_init(loop.native, $0) }
        native.adopt(by: self)
    }

    /// Takes an address; port 0 lets the system choose one. The IPv6 wildcard `[::]` takes IPv4 connections too.
    ///
    /// - Throws: `UVError`: `EADDRINUSE` (possibly not before `listen`), `EACCES`, `EADDRNOTAVAIL`.
    public func bind(to address: SocketAddress) throws(UVError) {
        precondition(loop.isCurrent && !native.isClosing, "an open listener is used on its loop's thread only")
        let tcp = tcp
        let status = address.withSocketAddress { uv_tcp_bind(tcp, $0, 0) }
        try check(status, "bind to \(address)")
        localAddress = SocketAddress { uv_tcp_getsockname(tcp, $0, $1) } ?? address
    }

    /// As `bind(to:)`, from an address literal; resolve names with ``UVLoop/resolve(host:port:)`` first.
    public func bind(host: String, port: UInt16) throws(UVError) {
        guard let address = SocketAddress(host: host, port: port) else {
            throw UVError(.invalidArgument, operation: "bind to \(host):\(port)", detail: "\(host) is not an IPv4 or IPv6 address")
        }
        try bind(to: address)
    }

    /// Begins to accept.
    ///
    /// - Parameter backlog: connections that the system holds ready before they are accepted; cut to net.core.somaxconn.
    /// - Throws: `UVError`, typically `EADDRINUSE`.
    public func listen(backlog: Int = 1024) throws(UVError) {
        precondition(loop.isCurrent && !native.isClosing, "an open listener is used on its loop's thread only")
        let status = native.pointer.withMemoryRebound(to: uv_stream_t.self, capacity: 1) { stream in
            uv_listen(stream, Int32(clamping: backlog)) { stream, status in
                NativeHandle.owner(stream?.pointee.data, as: TCPListener.self)?.accept(status)
            }
        }
        try check(status, "listen on \(localAddress.map(\.description) ?? "an unbound socket")")
    }

    /// Stops accepting. Connections that were accepted live on.
    public func close() {
        precondition(loop.isCurrent, "a listener is used on its loop's thread only")
        native.close()
        onConnection = nil
        onAcceptError = nil
    }

    func loopWillClose() { close() }

    private func accept(_ status: Int32) {
        guard !native.isClosing else { return }
        do throws(UVError) {
            try check(status, "accept a connection on \(localAddress.map(\.description) ?? "?")")
            let connection = try TCPConnection(acceptedBy: tcp, on: loop, limits: limits)
            if let onConnection { onConnection(connection) } else { connection.abort() }
        } catch {
            onAcceptError?(error)
        }
    }
}
