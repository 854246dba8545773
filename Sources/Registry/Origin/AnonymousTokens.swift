import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Bearer tokens that registries give to anybody for public images (distribution's "Token Authentication Specification"): Docker Hub and
/// ghcr.io answer nothing without one.
actor AnonymousTokens {
    /// A token is good for one repository of one registry.
    struct Key: Hashable, Sendable {
        let registry: String
        let repository: String
    }

    private struct Token {
        let text: String
        let expires: ContinuousClock.Instant
    }

    /// More repositories than a node pulls from in the life of a token.
    private static let limit = 1024
    /// A token is a few kilobytes; claims of many groups make it larger.
    private static let limitBytes: UInt64 = 256 << 10

    private let http: HTTPClient
    private let configuration: OriginClient.Configuration
    private var tokens: [Key: Token] = [:]

    init(http: HTTPClient, configuration: OriginClient.Configuration) {
        self.http = http
        self.configuration = configuration
    }

    /// A token that is still good.
    func token(for key: Key) -> String? {
        guard let token = tokens[key], token.expires > .now else { return nil }
        return token.text
    }

    /// Drops a token that a registry refused.
    func forget(_ key: Key) {
        tokens[key] = nil
    }

    /// Gets a token as the challenge says, and keeps it till it expires.
    ///
    /// - Parameters:
    ///   - origin: the registry's URL, which bounds where the realm may be.
    ///   - request: what was refused, for the error.
    func fetch(
        _ challenge: Challenge, for key: Key, of origin: OriginURL, asking request: OriginRequest
    ) async throws(OriginError) -> String {
        guard let realm = challenge.realm.flatMap({ OriginURL(parsing: $0) }) else {
            throw request.failed(.badAnswer("a Bearer challenge without a valid realm"))
        }
        guard Self.mayAsk(realm, for: origin) else {
            throw request.failed(.badAnswer("a token realm at \(realm.host), which is not \(origin.host)'s own domain"))
        }
        let url = Self.url(of: realm, service: challenge.service, scope: challenge.scope ?? "repository:\(request.repository):pull")
        var outgoing = HTTPClientRequest(url: url)
        outgoing.headers.add(name: "user-agent", value: configuration.userAgent)
        let answer: TokenAnswer
        do {
            let response = try await http.execute(outgoing, deadline: .now() + TimeAmount(configuration.headTimeout))
            guard response.status.code == 200 else {
                throw request.failed(response.failure ?? .badAnswer("the token server's status is \(response.status.code)"))
            }
            let body = try await response.body.collect(upTo: Int(Self.limitBytes))
            answer = try JSONDecoder().decode(TokenAnswer.self, from: Data(body.readableBytesView))
        } catch let error as OriginError {
            throw error
        } catch is DecodingError {
            throw request.failed(.badAnswer("the token server's answer holds no token"))
        } catch {
            throw request.failed(OriginError.Reason(error, during: .head))
        }
        guard let text = answer.token ?? answer.access_token, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw request.failed(.badAnswer("the token server's answer holds no token"))
        }
        keep(text, for: key, seconds: answer.expires_in ?? 60)
        return text
    }

    private func keep(_ text: String, for key: Key, seconds: Int) {
        let now = ContinuousClock.now
        if tokens.count >= Self.limit { tokens = tokens.filter { $0.value.expires > now } }
        guard tokens.count < Self.limit else { return }
        // A tenth earlier than told, so that none expires on its way.
        let lifetime = Duration.seconds(max(0, min(seconds, 86_400))) * 9 / 10
        tokens[key] = Token(text: text, expires: now + lifetime)
    }

    /// A realm is the registry's own server or domain: a registry must not make agents send requests wherever it likes.
    private static func mayAsk(_ realm: OriginURL, for origin: OriginURL) -> Bool {
        guard realm.scheme == .https || origin.scheme == .http else { return false }
        if HostScope(of: origin.host) == .loopback { return HostScope(of: realm.host) == .loopback }
        return HostScope.registrableDomain(of: realm.host) == HostScope.registrableDomain(of: origin.host)
    }

    private static func url(of realm: OriginURL, service: String?, scope: String) -> String {
        var query = service.map { "service=\(PercentCoding.encode($0))&" } ?? ""
        // A challenge may hold several scopes, separated by spaces; each is a parameter of its own.
        query += scope.split(separator: " ").map { "scope=\(PercentCoding.encode(String($0)))" }.joined(separator: "&")
        return "\(realm)\(realm.target.contains("?") ? "&" : "?")\(query)"
    }
}

/// What a token server says; older ones say `token`, OAuth 2.0 says `access_token`.
private struct TokenAnswer: Decodable {
    let token: String?
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let access_token: String?
    // swift-format-ignore: AlwaysUseLowerCamelCase
    let expires_in: Int?
}
