import AsyncHTTPClient
import NIOHTTP1

extension OriginClient {
    /// Whose image the probe pretends to want, where a token server has to be told one.
    private static let probedRepository = "shoal/doctor"

    /// Asks a registry for nothing but an answer, as pulls do: with its address, its certificates, its tokens.
    ///
    /// - Returns: the seconds by which this machine's clock is ahead of the registry's; nil when it does not tell the time.
    /// - Throws: `OriginError`; `.notFound` and `.hidden` say that there is a server, such as a bucket, that holds images and no API.
    public func probe(_ registry: String) async throws(OriginError) -> Int? {
        let request = OriginRequest(registry: registry, repository: Self.probedRepository, path: "/v2/")
        let response = try await send(request)
        let date = response.headers.first(name: "date").flatMap { HTTPDateText.parse($0) }
        _ = try await collect(response, upTo: Self.probeLimitBytes, for: request)
        return date.map { HTTPDateText.now - $0 }
    }

    /// More than any registry says at `/v2/`.
    private static let probeLimitBytes: UInt64 = 64 << 10
}

extension OriginError {
    /// What went wrong and no more, for whoever says elsewhere what it was about and what to do.
    public var cause: String {
        switch reason {
        case .notFound: "not found"
        case .hidden: "not found, or not for everybody"
        case .unauthorized(let challenge): challenge.map { "\($0.scheme) credentials are wanted" } ?? "refused"
        case .rateLimited(let seconds): seconds.map { "it asks to wait \($0) s" } ?? "it asks to wait"
        case .unreachable(let why): why
        case .timeout(let phase): "gave up waiting for \(phase.rawValue)"
        case .badAnswer(let how): "bad answer: \(how)"
        case .status(let code): "status \(code)"
        case .cancelled: "cancelled"
        }
    }
}
