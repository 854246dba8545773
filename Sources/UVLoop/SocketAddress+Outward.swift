import CLibUV
import Glibc

extension SocketAddress {
    /// This host's own address on the way to a peer, port 0: what others on that side are likely to reach it by.
    ///
    /// Nothing is sent: connecting a datagram socket only asks the routing table.
    ///
    /// - Returns: nil when there is no route.
    public static func outward(towards peer: SocketAddress) -> SocketAddress? {
        var storage = peer.storage
        let descriptor = socket(Int32(storage.ss_family), Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                let isV6 = pointer.pointee.sa_family == sa_family_t(AF_INET6)
                let given = socklen_t(isV6 ? MemoryLayout<sockaddr_in6>.size : MemoryLayout<sockaddr_in>.size)
                guard connect(descriptor, pointer, given) == 0 else { return nil }
                var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
                guard getsockname(descriptor, pointer, &length) == 0, let local = SocketAddress(pointer) else { return nil }
                return SocketAddress(host: local.host, port: 0)
            }
        }
    }
}
