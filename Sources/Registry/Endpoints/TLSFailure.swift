import NIOSSL

/// What BoringSSL's errors mean to whoever runs the agent.
enum TLSFailure {
    /// - Returns: one clause; nil for what is no failure of TLS.
    static func explain(_ error: any Error) -> String? {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname { return "its certificate is for another name" }
        guard error is NIOSSLError || error is BoringSSLError else { return nil }
        // The numbers are the library's own; the words after them are stable.
        let text = "\(error)"
        if text.contains("CERTIFICATE_VERIFY_FAILED") {
            return "nobody who is trusted vouches for its certificate (--registry-ca NAME=FILE names an authority)"
        }
        if text.contains("CERTIFICATE_REQUIRED") || text.contains("BAD_CERTIFICATE") || text.contains("HANDSHAKE_FAILURE") {
            return "it wants another certificate of its clients (--registry-certificate and --registry-key)"
        }
        if text.contains("WRONG_VERSION_NUMBER") || text.contains("HTTP_REQUEST") { return "it does not speak TLS" }
        return "TLS fails: \(text)"
    }
}
