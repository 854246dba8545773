/// A server of a registry, as an operator sees it.
public struct OriginServer: Sendable, Hashable {
    /// Scheme, host and port.
    public let name: String
    /// False while it fails and is left alone.
    public let isTrusted: Bool
}
