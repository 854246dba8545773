import CLibUV
import Glibc

/// One name resolution on libuv's thread pool.
final class ResolveRequest {
    typealias Answer = Result<[SocketAddress], UVError>

    private let request = UnsafeMutablePointer<uv_getaddrinfo_t>.allocate(capacity: 1)
    private let operation: String
    private let then: (Answer) -> Void

    init(host: String, port: UInt16, then: @escaping (Answer) -> Void) {
        self.operation = "resolve \(host):\(port)"
        self.then = then
    }

    deinit { request.deallocate() }

    /// Asks for stream addresses; `then` is called once, on the loop.
    func submit(to loop: UVLoop, host: String, port: UInt16) {
        guard !loop.isClosing else {
            return then(.failure(UVError(.canceled, operation: operation, detail: "the event loop is shutting down")))
        }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG | AI_NUMERICSERV
        request.pointee.data = Unmanaged.passRetained(self).toOpaque()
        let status = uv_getaddrinfo(
            loop.native, request,
            { request, status, found in
                defer { uv_freeaddrinfo(found) }
                guard let request, let data = request.pointee.data else { return }
                UVLoop.serving(request.pointee.loop)?.untrack(request)
                Unmanaged<ResolveRequest>.fromOpaque(data).takeRetainedValue().finish(status, found)
            }, host, String(port), &hints)
        guard status == 0 else {
            Unmanaged.passUnretained(self).release()
            return then(.failure(UVError(status: status, operation: operation)))
        }
        loop.track(request)
    }

    private func finish(_ status: Int32, _ found: UnsafeMutablePointer<addrinfo>?) {
        guard status == 0 else { return then(.failure(UVError(status: status, operation: operation))) }
        var addresses: [SocketAddress] = []
        var next = found
        while let entry = next?.pointee {
            if let address = entry.ai_addr.flatMap({ SocketAddress(UnsafePointer($0)) }), !addresses.contains(address) {
                addresses.append(address)
            }
            next = entry.ai_next
        }
        guard !addresses.isEmpty else { return then(.failure(UVError(.nameNotFound, operation: operation))) }
        then(.success(addresses))
    }
}
