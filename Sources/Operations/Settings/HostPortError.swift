/// Why a text is not a `HostPort`. Each case carries the text.
public enum HostPortError: Error, Hashable, CustomStringConvertible {
    /// There is no colon, so no port.
    case missingPort(String)
    /// What follows the last colon is not a number from 0 to 65535.
    case badPort(String)
    /// The host has characters that no name or address has.
    case badHost(String)
    /// An IPv6 address stands without brackets, so its last group cannot be told from a port.
    case bareIPv6(String)

    /// One line with the remedy.
    public var description: String {
        switch self {
        case .missingPort(let text): "'\(text)' has no port: write host:port, for example \(text.isEmpty ? "127.0.0.1" : text):7600"
        case .badPort(let text): "'\(text)' does not end in a port from 0 to 65535"
        case .badHost(let text): "'\(text)' has no valid host: write a name, an IPv4 address or an IPv6 address in brackets"
        case .bareIPv6(let text): "'\(text)' needs brackets around its IPv6 address, for example [::1]:7600"
        }
    }
}
