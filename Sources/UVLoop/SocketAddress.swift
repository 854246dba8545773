import CLibUV
import Glibc

/// An IPv4 or IPv6 address with a port, written `10.0.0.1:7000` or `[fe80::1]:7000`.
///
/// IPv4 addresses that a dual-stack socket reports in IPv6's form (`::ffff:10.0.0.1`) count and print as IPv4.
public struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    private enum Host: Hashable {
        /// In the order of the wire.
        case v4(UInt32)
        case v6(high: UInt64, low: UInt64, scope: UInt32)
    }

    private let hostBytes: Host
    public let port: UInt16

    /// From an address literal; nil for anything else, so also for names (see ``UVLoop/resolve(host:port:)``).
    ///
    /// - Parameter host: `10.0.0.1`, `::1`, `[::1]` or `fe80::1%eth0`.
    public init?(host: String, port: UInt16) {
        var literal = Substring(host)
        if literal.hasPrefix("["), literal.hasSuffix("]") { literal = literal.dropFirst().dropLast() }
        var v4 = sockaddr_in()
        var v6 = sockaddr_in6()
        if literal.contains(":") {
            guard uv_ip6_addr(String(literal), Int32(port), &v6) == 0 else { return nil }
            self.init(v6)
        } else {
            guard literal.count == host.count, uv_ip4_addr(String(literal), Int32(port), &v4) == 0 else { return nil }
            self.init(v4)
        }
    }

    /// From `host:port` with an IPv4 literal or a bracketed IPv6 literal; nil for anything else.
    public init?(_ text: String) {
        guard let (host, port) = Self.split(text), text.hasPrefix("[") == host.contains(":") else { return nil }
        self.init(host: host, port: port)
    }

    /// Splits `host:port` or `[v6]:port`, the host being a literal or a name; nil when there is no port from 0 to 65535.
    public static func split(_ text: String) -> (host: String, port: UInt16)? {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(digits) else { return nil }
        var host = text[..<colon]
        if host.hasPrefix("[") {
            guard host.hasSuffix("]") else { return nil }
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        return host.isEmpty ? nil : (String(host), port)
    }

    /// From what the system reports; nil for families other than IPv4 and IPv6.
    ///
    /// - Parameter address: points to a whole `sockaddr_in` or `sockaddr_in6`.
    init?(_ address: UnsafePointer<sockaddr>) {
        let memory = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET: self.init(memory.loadUnaligned(as: sockaddr_in.self))
        case AF_INET6: self.init(memory.loadUnaligned(as: sockaddr_in6.self))
        default: return nil
        }
    }

    private init(_ address: sockaddr_in) {
        self.hostBytes = .v4(address.sin_addr.s_addr)
        self.port = UInt16(bigEndian: address.sin_port)
    }

    private init(_ address: sockaddr_in6) {
        let (high, low) = withUnsafeBytes(of: address.sin6_addr) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        let isMapped = high == 0 && low >> 32 == 0xffff
        self.hostBytes =
            isMapped ? .v4(UInt32(truncatingIfNeeded: low).bigEndian) : .v6(high: high, low: low, scope: address.sin6_scope_id)
        self.port = UInt16(bigEndian: address.sin6_port)
    }

    /// The address as the system wants it.
    var storage: sockaddr_storage {
        var storage = sockaddr_storage()
        withUnsafeMutableBytes(of: &storage) { memory in
            switch hostBytes {
            case .v4(let address):
                var v4 = sockaddr_in()
                v4.sin_family = sa_family_t(AF_INET)
                v4.sin_port = port.bigEndian
                v4.sin_addr.s_addr = address
                memory.storeBytes(of: v4, as: sockaddr_in.self)
            case .v6(let high, let low, let scope):
                var v6 = sockaddr_in6()
                v6.sin6_family = sa_family_t(AF_INET6)
                v6.sin6_port = port.bigEndian
                v6.sin6_scope_id = scope
                withUnsafeMutableBytes(of: &v6.sin6_addr) { bytes in
                    bytes.storeBytes(of: high.bigEndian, as: UInt64.self)
                    bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
                }
                memory.storeBytes(of: v6, as: sockaddr_in6.self)
            }
        }
        return storage
    }

    /// Calls `body` with the address in the form that the system's calls take.
    func withSocketAddress<T>(_ body: (UnsafePointer<sockaddr>) -> T) -> T {
        withUnsafePointer(to: storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
        }
    }

    /// What a `getsockname`-like function of libuv reports; nil when it fails.
    init?(reportedBy ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<Int32>) -> Int32) {
        var storage = sockaddr_storage()
        var length = Int32(MemoryLayout<sockaddr_storage>.size)
        let found: SocketAddress? = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                ask(address, &length) == 0 ? SocketAddress(UnsafePointer(address)) : nil
            }
        }
        guard let found else { return nil }
        self = found
    }

    /// The address without its port and brackets: `10.0.0.1`, `fe80::1`.
    public var host: String {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { buffer in
            buffer.initialize(repeating: 0)
            guard let text = buffer.baseAddress else { return "" }
            withUnsafeBytes(of: storage) { memory in
                switch hostBytes {
                case .v4:
                    var v4 = memory.loadUnaligned(as: sockaddr_in.self)
                    uv_ip4_name(&v4, text, buffer.count)
                case .v6:
                    var v6 = memory.loadUnaligned(as: sockaddr_in6.self)
                    uv_ip6_name(&v6, text, buffer.count)
                }
            }
            return String(cString: text)
        }
    }

    public var description: String {
        switch hostBytes {
        case .v4: "\(host):\(port)"
        case .v6: "[\(host)]:\(port)"
        }
    }
}
