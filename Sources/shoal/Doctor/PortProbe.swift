import Glibc
import NIOCore
import NIOPosix
import Operations

/// Whether something accepts connections at an address.
enum PortProbe {
    /// - Returns: nil when it does, else why not.
    static func refusal(at address: HostPort) async -> String? {
        // An address to listen everywhere is no address to connect to.
        let host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host == "::" ? "::1" : address.host
        do {
            let channel = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup).connectTimeout(.seconds(3))
                .connect(host: host, port: Int(address.port)).get()
            try? await channel.close()
            return nil
        } catch let error as NIOConnectionError {
            if let failure = error.connectionErrors.first { return reason(failure.error) }
            return "\(host) cannot be resolved"
        } catch {
            return reason(error)
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        case ChannelError.connectTimeout: "no answer within 3 seconds"
        default: "\(error)"
        }
    }
}
