/// A user's name, and the file that holds the password: credentials of one registry in this program's own settings.
public struct PasswordFile: Sendable, Hashable {
    public let username: String
    /// Readable by its owner only; one line break at its end is not part of the password.
    public let path: String

    /// A service account's key in JSON, which some registries take for a password, has some kilobytes.
    static let limitBytes = 64 << 10

    public init(username: String, path: String) {
        self.username = username
        self.path = path
    }

    func read() throws(CredentialError) -> Credential {
        var bytes = try SmallFile(path: path, limitBytes: Self.limitBytes).read(mustBePrivate: true)
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard !bytes.isEmpty else { throw .empty(path: path) }
        return .password(username: username, Secret(String(decoding: bytes, as: UTF8.self)))
    }
}
