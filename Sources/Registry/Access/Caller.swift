import Swarm

/// Who asks the mirror for something, as far as the request says.
struct Caller: Sendable {
    /// A hash of what was sent along, to remember the caller by.
    let fingerprint: Digest
    let credential: Credential

    /// Tokens with the claims of many groups are long; nothing longer is looked at.
    private static let limitBytes = 16 << 10

    /// - Returns: nil for nobody in particular: no header, one that is neither Basic nor Bearer, or an empty name and password, which some
    ///   clients send who have none.
    init?(authorization: String?, hash: ([UInt8]) -> Digest) {
        guard let header = authorization?.trimmed, header.utf8.count <= Self.limitBytes, let space = header.firstIndex(of: " ") else {
            return nil
        }
        let value = header[space...].trimmed
        switch header[..<space].lowercased() {
        case "bearer":
            guard !value.isEmpty, value.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
            credential = .registryToken(Secret(String(value)))
        case "basic":
            guard let bytes = Base64.decode(String(value)), let text = String(validating: bytes, as: UTF8.self),
                let colon = text.firstIndex(of: ":"), text != ":"
            else { return nil }
            credential = .password(username: String(text[..<colon]), Secret(String(text[text.index(after: colon)...])))
        default: return nil
        }
        fingerprint = hash(Array(header.utf8))
    }
}
