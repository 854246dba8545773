/// How long a proof counts that a caller may have what a repository holds.
public struct ProofPolicy: Sendable, Hashable {
    /// Within this time the registry is not asked again; zero to ask at each request.
    public var timeToLive: Duration = .seconds(300)
    /// For so long a proof counts while the registry does not answer.
    public var staleIfError: Duration = .seconds(86_400)

    public init() {}
}
