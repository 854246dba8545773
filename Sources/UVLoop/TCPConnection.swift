import CLibUV
import Glibc

/// A TCP connection: reads into a shared buffer, sends bytes and file ranges in order. On its loop's thread only.
///
/// It keeps itself alive from opening until `onClose` has been called. No callback is called from within a method of the
/// connection; after `onClose` none is called at all, and closures are let go so that they cannot form cycles.
public final class TCPConnection: LoopOwned {
    /// How much a connection may hold for a peer that does not read.
    public struct Limits: Sendable {
        /// Under this many queued bytes, after having been over the high-water mark, `onDrain` is called.
        public var lowWaterBytes: Int
        /// From this many queued bytes on the producer should wait for `onDrain`.
        public var highWaterBytes: Int
        /// Over this many queued bytes (files' included) `write` and `sendFile` throw `ENOBUFS`.
        public var maximumBytes: Int
        /// Over this many queued writes they throw likewise, however small those are.
        public var maximumWrites: Int

        public init(
            lowWaterBytes: Int = 256 * 1024, highWaterBytes: Int = 1024 * 1024, maximumBytes: Int = 64 * 1024 * 1024,
            maximumWrites: Int = 65536
        ) {
            self.lowWaterBytes = lowWaterBytes
            self.highWaterBytes = highWaterBytes
            self.maximumBytes = maximumBytes
            self.maximumWrites = maximumWrites
        }
    }

    enum State {
        case connecting(then: (UVError?) -> Void)
        case open
        /// The owner has closed it, or the peer has ended: what is queued still goes out, then FIN.
        case flushing
        /// FIN is out; whatever the peer still sends is dropped until its own FIN.
        case finishing
        /// libuv's handle is closing or closed. The failed writes are told together with `onClose`.
        case closed
    }

    /// What is under way towards the kernel. Only one thing is, which is what keeps the order.
    enum Transmission {
        case idle
        /// libuv holds a copy of the queue's next bytes in this block.
        case writing(UnsafeMutableRawBufferPointer, count: Int)
        /// A thread of the pool sends a batch.
        case sending
        /// A batch filled the socket: waiting until it takes more.
        case waiting
    }

    public let loop: UVLoop
    public let limits: Limits
    /// The peer; nil before a connect has succeeded.
    public internal(set) var remoteAddress: SocketAddress?
    /// This end; nil before a connect has succeeded.
    public internal(set) var localAddress: SocketAddress?

    /// Called with what has arrived: valid during the call only, at most 256 KiB unless ``readSpace`` gave more, never empty.
    public var onRead: ((UnsafeRawBufferPointer) -> Void)?
    /// Asked before each read for memory to read into, so that bytes whose place is known need not be copied there; must stay valid until
    /// `onRead` is called with the bytes in it, if any came. Nil, or no memory, for the loop's own.
    public var readSpace: (() -> UnsafeMutableRawBufferPointer?)?
    /// Called exactly once for a connection that has been open: nil after the peer's end of file (once what is queued has been sent,
    /// within 5 seconds, since the peer may have closed its sending side only) or an own `close()` or `abort()`,
    /// else why it broke (`ECONNRESET`, `EPIPE`, `ETIMEDOUT` when closing could not flush, `ECANCELED` when the loop ended).
    public var onClose: ((UVError?) -> Void)?
    /// Called when `queuedBytes` is at or under the low-water mark after having been over the high-water mark.
    public var onDrain: (() -> Void)?

    let native: NativeHandle
    var state: State
    var queue = OutboundQueue()
    var transmission = Transmission.idle
    var deadline: LoopTimer?
    /// Made by the first file transfer.
    var socket: DuplicatedSocket?
    var writability: WritabilityWatch?
    /// The socket's SO_RCVLOWAT.
    var readThreshold: CInt = 1
    var wantsReading = false
    var isReading = false
    var peerHasEnded = false
    var isAboveHighWater = false
    var isPumping = false
    /// Whether it stands in the loop's list of connections to flush at the end of the turn.
    var isUnflushed = false
    let writeRequest = UnsafeMutablePointer<uv_write_t>.allocate(capacity: 1)

    /// A connection about to connect; see ``connect(on:to:timeout:limits:)`` for the simple way.
    ///
    /// - Throws: `ECANCELED` when the loop is shutting down.
    init(on loop: UVLoop, limits: Limits, state: State) throws(UVError) {
        self.loop = loop
        self.limits = limits
        self.state = state
        self.native = try NativeHandle(uv_tcp_t.self, on: loop, "create connection") { uv_tcp_init(loop.native, $0) }
        native.adopt(by: self)
    }

    /// A connection that waits at a listener.
    convenience init(acceptedBy listener: UnsafeMutablePointer<uv_tcp_t>, on loop: UVLoop, limits: Limits) throws(UVError) {
        try self.init(on: loop, limits: limits, state: .open)
        let client = stream
        let status = listener.withMemoryRebound(to: uv_stream_t.self, capacity: 1) { uv_accept($0, client) }
        guard status == 0 else {
            state = .closed
            native.close()
            throw UVError(status: status, operation: "accept a connection")
        }
        configure()
    }

    deinit { writeRequest.deallocate() }

    /// Bytes that are queued and not yet handed to the kernel.
    public var queuedBytes: Int { queue.queuedBytes }

    /// Whether `write` and `sendFile` are accepted.
    public var isOpen: Bool { if case .open = state { true } else { false } }

    var tcp: UnsafeMutablePointer<uv_tcp_t> { native.pointer.assumingMemoryBound(to: uv_tcp_t.self) }
    var stream: UnsafeMutablePointer<uv_stream_t> { native.pointer.assumingMemoryBound(to: uv_stream_t.self) }

    /// The peer for messages.
    var peerName: String { remoteAddress.map(\.description) ?? "an unknown peer" }

    /// Bytes that wait in the kernel for their turn to be sent, besides what is on its way already: enough for the link not to run dry.
    /// With the kernel's own bound, megabytes, the order of what is sent would be settled long before it is sent.
    private static let unsentBytes: CInt = 128 << 10

    /// What every open connection gets: no delay for small frames, a short queue in the kernel, keepalive after a minute of silence, its
    /// addresses.
    func configure() {
        // Failures here mean that the peer has gone already, which reading is about to find out.
        uv_tcp_nodelay(tcp, 1)
        uv_tcp_keepalive(tcp, 1, 60)
        var descriptor: uv_os_fd_t = -1
        if native.pointer.withMemoryRebound(to: uv_handle_t.self, capacity: 1, { uv_fileno($0, &descriptor) }) == 0 {
            var limit = Self.unsentBytes
            setsockopt(descriptor, CInt(IPPROTO_TCP), TCP_NOTSENT_LOWAT, &limit, socklen_t(MemoryLayout.size(ofValue: limit)))
        }
        let tcp = tcp
        remoteAddress = SocketAddress { uv_tcp_getpeername(tcp, $0, $1) }
        localAddress = SocketAddress { uv_tcp_getsockname(tcp, $0, $1) }
    }

    func requireLoop() {
        precondition(loop.isCurrent, "a connection is used on its loop's thread only")
    }

    func loopWillClose() {
        finish(UVError(.canceled, operation: "keep the connection to \(peerName)", detail: "the event loop is shutting down"), reset: true)
    }

    /// The connection that a libuv callback was called for.
    static func of(_ data: UnsafeMutableRawPointer?) -> TCPConnection? {
        NativeHandle.owner(data, as: TCPConnection.self)
    }
}
