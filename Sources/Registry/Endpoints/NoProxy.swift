/// What `NO_PROXY` excepts: host names with all below them, `.example.com` for only what is below, addresses, networks in CIDR notation, each
/// with a port where only that is meant; `*` for everything. Loopback is always excepted.
struct NoProxy: Sendable, Hashable {
    private enum Exception: Sendable, Hashable {
        case everything
        /// `includesItself`: false where only names below it are meant.
        case domain(String, includesItself: Bool, port: Int?)
        case address([UInt8], port: Int?)
        case network([UInt8], bits: Int)
    }

    /// As many as anybody could mean.
    private static let limit = 1024
    private let exceptions: [Exception]

    /// What cannot be understood excepts nothing, as elsewhere.
    init(_ text: String) {
        exceptions = text.split { $0 == "," || $0 == " " }.prefix(Self.limit).compactMap { Self.exception($0.lowercased()) }
    }

    func contains(_ url: OriginURL) -> Bool {
        if HostScope(of: url.host) == .loopback { return true }
        let bytes = HostScope.ipv4(url.host) ?? HostScope.ipv6(url.host)
        return exceptions.contains { exception in
            switch exception {
            case .everything: true
            case .domain(let name, let includesItself, let port):
                (port == nil || port == url.port) && (url.host.hasSuffix(".\(name)") || includesItself && url.host == name)
            case .address(let address, let port): (port == nil || port == url.port) && bytes == address
            case .network(let network, let bits): bytes.map { Self.begins($0, with: network, bits: bits) } ?? false
            }
        }
    }

    private static func exception(_ text: String) -> Exception? {
        if text == "*" { return .everything }
        if let slash = text.firstIndex(of: "/") {
            let address = String(text[..<slash])
            guard let bytes = HostScope.ipv4(address) ?? HostScope.ipv6(address),
                let bits = Decimal.parse(text[text.index(after: slash)...]), bits <= bytes.count * 8
            else { return nil }
            return .network(bytes, bits: Int(bits))
        }
        if let bytes = HostScope.ipv6(text) { return .address(bytes, port: nil) }
        let bare = text.hasPrefix("*.") ? String(text.dropFirst(1)) : text
        let isBelow = bare.hasPrefix(".")
        guard let (host, port) = OriginURL.hostAndPort(isBelow ? String(bare.dropFirst()) : bare) else { return nil }
        if let bytes = HostScope.ipv4(host) ?? HostScope.ipv6(host) { return .address(bytes, port: port) }
        return .domain(host, includesItself: !isBelow, port: port)
    }

    private static func begins(_ address: [UInt8], with network: [UInt8], bits: Int) -> Bool {
        guard address.count == network.count else { return false }
        return (0..<bits).allSatisfy { bit in
            let mask = UInt8(0x80) >> UInt8(bit % 8)
            return address[bit / 8] & mask == network[bit / 8] & mask
        }
    }
}
