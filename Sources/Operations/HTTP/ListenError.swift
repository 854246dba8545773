import Glibc
import NIOCore

/// A socket that cannot listen where it was told to.
public struct ListenError: Error, Hashable, CustomStringConvertible {
    /// The flag that sets the address, without dashes.
    public let option: String
    /// The address that was asked for.
    public let address: HostPort
    /// What the system said: an `errno`, 0 if the name cannot be resolved.
    public let code: CInt

    /// Takes the system's code.
    public init(option: String, address: HostPort, code: CInt) {
        self.option = option
        self.address = address
        self.code = code
    }

    /// Reads SwiftNIO's error; `nil` if it is not about an address.
    public init?(option: String, address: HostPort, error: any Error) {
        switch error {
        case let error as IOError: self.init(option: option, address: address, code: error.errnoCode)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self.init(option: option, address: address, code: 0)
        default: return nil
        }
    }

    /// One line that names the address and the remedy.
    public var description: String {
        "cannot listen on \(address) (--\(option)): \(remedy)"
    }

    private var remedy: String {
        switch code {
        case EADDRINUSE: "the port is in use; stop the process that has it, or choose another port (0 takes a free one)"
        case EACCES, EPERM: "no permission; ports below 1024 need CAP_NET_BIND_SERVICE, or choose a higher one"
        case EADDRNOTAVAIL: "this machine does not have that address; use one of its own, or 0.0.0.0 for all"
        case 0: "the host name cannot be resolved"
        default: String(cString: strerror(code))
        }
    }
}
