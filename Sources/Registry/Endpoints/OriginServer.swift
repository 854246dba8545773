/// A server of a registry, as an operator sees it.
public struct OriginServer: Sendable, Hashable {
    /// Scheme, host and port.
    public let name: String
    /// False while it fails and is left alone.
    public let isTrusted: Bool
    /// How long it still asks to be left alone.
    public let pause: Duration
    /// What it said last that may still be asked; nil when it never did.
    public let rateLimit: RateLimit?
}

/// A server of a registry asked to be left alone.
public struct OriginPause: Sendable, Hashable {
    /// Scheme, host and port.
    public let server: String
    public let duration: Duration
}
