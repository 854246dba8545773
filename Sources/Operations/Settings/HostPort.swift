/// An address to listen on or to connect to: `host:port`, `[IPv6]:port` or `:port`.
///
/// `:7600` means every IPv4 interface (`0.0.0.0:7600`). Port 0 asks the system for a free port when listening.
/// The host is a name or an address and is not resolved here; brackets belong to the text form only.
public struct HostPort: Sendable, Hashable, CustomStringConvertible {
    /// A host name, an IPv4 address, or an IPv6 address without brackets. Never empty.
    public let host: String
    /// The TCP port, 0 for "any free one".
    public let port: UInt16

    /// Takes the parts as they are; the host must not be empty.
    public init(host: String, port: UInt16) {
        precondition(!host.isEmpty, "HostPort needs a host")
        self.host = host
        self.port = port
    }

    /// Reads the text form.
    /// - Throws: `HostPortError` that names the text and what is wrong with it.
    public init(parsing text: String) throws(HostPortError) {
        guard let colon = text.lastIndex(of: ":") else { throw .missingPort(text) }
        let portText = text[text.index(after: colon)...]
        guard !portText.isEmpty, portText.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(portText) else {
            throw .badPort(text)
        }
        var host = text[..<colon]
        if host.first == "[" {
            guard host.last == "]", host.count > 2 else { throw .badHost(text) }
            host = host.dropFirst().dropLast()
            guard host.utf8.allSatisfy(Self.isIPv6Byte), host.contains(":") else { throw .badHost(text) }
        } else {
            guard !host.contains(":") else { throw .bareIPv6(text) }
            guard host.utf8.allSatisfy(Self.isNameByte), host.utf8.count <= 253 else { throw .badHost(text) }
        }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
    }

    /// Whether it is this machine's own, by its looks: names other than `localhost` are not resolved.
    public var isLoopback: Bool {
        host == "localhost" || host == "::1" || host.hasPrefix("127.")
    }

    /// The text form, with brackets around an IPv6 address.
    public var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    /// Hexadecimal digits, colons, the dots of an embedded IPv4 address, and a zone (`%eth0`, RFC 4007).
    private static func isIPv6Byte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%") || isNameByte(byte)
    }
}
