extension UVLoop {
    /// The addresses of a host, in the order in which they should be tried (RFC 6724). From any isolation.
    ///
    /// Address literals come back at once; names are resolved on the thread pool.
    ///
    /// - Parameter host: a name, an IPv4 literal, or an IPv6 literal with or without brackets.
    /// - Returns: at least one address.
    /// - Throws: `UVError` with a code of `getaddrinfo(3)` such as `EAI_NONAME`, or `ECANCELED` when the loop ends.
    public func resolve(host: String, port: UInt16) async throws(UVError) -> [SocketAddress] {
        if let address = SocketAddress(host: host, port: port) { return [address] }
        let answer: ResolveRequest.Answer = await withCheckedContinuation { continuation in
            execute {
                ResolveRequest(host: host, port: port) { continuation.resume(returning: $0) }
                    .submit(to: self, host: host, port: port)
            }
        }
        return try answer.get()
    }
}
