import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Asks the server that a Bearer challenge names for an access token (distribution's "Token Authentication Specification", and its
/// "OAuth2 Token Authentication" for identity tokens).
struct TokenServer: Sendable {
    /// A token is a few kilobytes; claims of many groups make it larger.
    static let limitBytes = 256 << 10
    /// What the specification says where the answer does not.
    static let defaultLifetimeSeconds = 60

    let transport: OriginTransport

    /// - Parameters:
    ///   - realm: where to ask; whether it may be given the credential was decided before.
    ///   - request: what was refused, for its repository and for errors.
    func token(
        from realm: OriginURL, _ challenge: Challenge, for credential: Credential?, asking request: OriginRequest
    ) async throws(OriginError) -> AccessToken {
        // A challenge may hold several scopes, separated by spaces.
        let scopes = (challenge.scope ?? request.scope).split(separator: " ").map(String.init)
        if case .identityToken(let secret, _)? = credential {
            let response = try await transport.execute(
                exchange(of: secret, at: realm, challenge.service, scopes), to: realm, for: request)
            // Servers that do not know OAuth say so in any of these ways (Google, Artifactory, Azure): then it counts as a password.
            if ![400, 401, 404, 405].contains(response.status.code) { return try await read(response, for: request) }
        }
        let response = try await transport.execute(
            question(to: realm, challenge.service, scopes, credential), to: realm, for: request)
        return try await read(response, for: request)
    }

    private func question(
        to realm: OriginURL, _ service: String?, _ scopes: [String], _ credential: Credential?
    ) -> HTTPClientRequest {
        let parameters = (service.map { [("service", $0)] } ?? []) + scopes.map { ("scope", $0) }
        var outgoing = HTTPClientRequest(url: "\(realm)\(realm.target.contains("?") ? "&" : "?")\(PercentCoding.form(parameters))")
        if let basic = credential?.basic { outgoing.headers.add(name: "authorization", value: basic.revealed) }
        return outgoing
    }

    private func exchange(of token: Secret, at realm: OriginURL, _ service: String?, _ scopes: [String]) -> HTTPClientRequest {
        let parameters = [
            ("grant_type", "refresh_token"), ("client_id", transport.configuration.userAgent), ("service", service ?? ""),
            ("scope", scopes.joined(separator: " ")), ("refresh_token", token.revealed),
        ]
        var outgoing = HTTPClientRequest(url: realm.description)
        outgoing.method = .POST
        outgoing.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        outgoing.body = .bytes(ByteBuffer(string: PercentCoding.form(parameters)))
        return outgoing
    }

    private func read(_ response: HTTPClientResponse, for request: OriginRequest) async throws(OriginError) -> AccessToken {
        guard response.status.code == 200 else {
            throw request.failed(response.failure ?? .badAnswer("the token server's status is \(response.status.code)"))
        }
        let body: ByteBuffer
        do {
            body = try await response.body.collect(upTo: Self.limitBytes)
        } catch {
            throw request.failed(OriginError.Reason(error, during: .head))
        }
        guard let answer = try? JSONDecoder().decode(Answer.self, from: Data(body.readableBytesView)),
            let text = answer.token ?? answer.access_token, !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { throw request.failed(.badAnswer("the token server's answer holds no token")) }
        return AccessToken(text: Secret(text), lifetime: .seconds(answer.expires_in ?? Self.defaultLifetimeSeconds))
    }

    /// What a token server says; older ones say `token`, OAuth 2.0 says `access_token`.
    private struct Answer: Decodable {
        let token: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let access_token: String?
        // swift-format-ignore: AlwaysUseLowerCamelCase
        let expires_in: Int?
    }
}
