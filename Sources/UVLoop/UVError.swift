import CLibUV

/// A failed libuv or socket call: what was tried, why it failed, and what a person can do about it.
///
/// This is the only file that gives libuv's codes a meaning. The texts come from `uv_strerror`.
public struct UVError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A libuv error code: a negated `errno`, or one of libuv's own such as `UV_EOF`.
    public struct Code: RawRepresentable, Hashable, Sendable {
        public let rawValue: Int32

        public init(rawValue: Int32) { self.rawValue = rawValue }

        private init(_ code: uv_errno_t) { self.rawValue = code.rawValue }

        public static let accessDenied = Code(UV_EACCES)
        public static let addressInUse = Code(UV_EADDRINUSE)
        public static let addressNotAvailable = Code(UV_EADDRNOTAVAIL)
        public static let badDescriptor = Code(UV_EBADF)
        public static let brokenPipe = Code(UV_EPIPE)
        public static let busy = Code(UV_EBUSY)
        public static let canceled = Code(UV_ECANCELED)
        public static let connectionRefused = Code(UV_ECONNREFUSED)
        public static let connectionReset = Code(UV_ECONNRESET)
        public static let endOfFile = Code(UV_EOF)
        public static let hostUnreachable = Code(UV_EHOSTUNREACH)
        public static let invalidArgument = Code(UV_EINVAL)
        public static let nameNotFound = Code(UV_EAI_NONAME)
        public static let networkUnreachable = Code(UV_ENETUNREACH)
        public static let noBufferSpace = Code(UV_ENOBUFS)
        public static let noSuchFile = Code(UV_ENOENT)
        public static let notConnected = Code(UV_ENOTCONN)
        public static let timedOut = Code(UV_ETIMEDOUT)
        public static let tooManyOpenFiles = Code(UV_EMFILE)
        public static let tryAgain = Code(UV_EAGAIN)
    }

    public let code: Code
    /// What was tried and on what, as it reads before "failed": "listen on 127.0.0.1:80".
    public let operation: String
    /// More than the code says, such as the bound that was hit; nil when the code says all.
    public let detail: String?

    public init(_ code: Code, operation: String, detail: String? = nil) {
        self.code = code
        self.operation = operation
        self.detail = detail
    }

    /// - Parameter status: what a libuv function returned; negative.
    init(status: Int32, operation: String) {
        self.init(Code(rawValue: status), operation: operation)
    }

    /// - Parameter errno: what a system call left in `errno`; positive.
    init(errno: Int32, operation: String) {
        self.init(Code(rawValue: uv_translate_sys_error(errno)), operation: operation)
    }

    /// The symbolic name: `ECONNREFUSED`.
    public var name: String { text(uv_err_name_r) }

    /// What libuv says the code means: "connection refused".
    public var message: String { text(uv_strerror_r) }

    /// What an operator can do, for the codes where that can be said without knowing more.
    public var remedy: String? {
        switch code {
        case .accessDenied: "use a port from 1024 up, or give the process CAP_NET_BIND_SERVICE; for a file, check its owner and mode"
        case .addressInUse: "another process holds the port: stop it (ss -ltnp shows which it is) or configure another port"
        case .addressNotAvailable: "no interface of this host has the address: configure one that `ip addr` lists, or 0.0.0.0"
        case .connectionRefused: "nothing listens there: check the address, and that the peer is running"
        case .hostUnreachable, .networkUnreachable: "there is no route: check the address and the network policy between the hosts"
        case .nameNotFound: "the name does not resolve: check its spelling and this host's DNS"
        case .timedOut: "the peer does not answer: check that it is up and that no firewall drops the packets"
        case .tooManyOpenFiles: "raise the limit on open files (ulimit -n, or LimitNOFILE= in the systemd unit)"
        default: nil
        }
    }

    public var description: String {
        var line = "\(operation) failed: \(detail ?? message) (\(name))"
        if let remedy { line += "; \(remedy)" }
        return line
    }

    private func text(_ fill: (Int32, UnsafeMutablePointer<CChar>?, Int) -> UnsafeMutablePointer<CChar>?) -> String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 128) { buffer in
            buffer.initialize(repeating: 0)
            _ = fill(code.rawValue, buffer.baseAddress, buffer.count)
            return buffer.baseAddress.map { String(cString: $0) } ?? ""
        }
    }
}

/// Throws for a negative libuv status.
@inline(__always)
func check(_ status: Int32, _ operation: @autoclosure () -> String) throws(UVError) {
    guard status < 0 else { return }
    throw UVError(status: status, operation: operation())
}
