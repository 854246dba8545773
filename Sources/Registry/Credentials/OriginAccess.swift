import AsyncHTTPClient
import Logging

/// How registries are to be asked: what each wanted when it was asked last, and an answer to what it wants now.
actor OriginAccess {
    /// A repository of a server: what one authorization is good for.
    struct Place: Hashable, Sendable {
        let server: String
        let scope: String

        init(_ request: OriginRequest, at endpoint: OriginURL) { (server, scope) = (endpoint.root, request.scope) }
    }

    /// More repositories than a node pulls from in a day.
    private static let limit = 4096

    private let credentials: Credentials
    private let server: TokenServer
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private var tokens = TokenCache()
    /// What was last sent, by place; its token may have expired since.
    private var habits: [Place: Authorization] = [:]
    /// Tokens that are being asked for, so that many requests at once cost one question.
    private var questions: [TokenCache.Key: Task<Result<AccessToken, OriginError>, Never>] = [:]

    init(
        credentials: Credentials, server: TokenServer, logger: Logger, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.credentials = credentials
        self.server = server
        self.logger = logger
        self.now = now
    }

    /// What a request may take along before it is asked for anything.
    func known(for request: OriginRequest, at endpoint: OriginURL) -> Authorization? {
        guard let habit = habits[Place(request, at: endpoint)] else { return nil }
        guard let key = habit.token else { return habit }
        return tokens.token(for: key, at: now()).map { .bearer($0, habit.credential, as: key) }
    }

    /// What to try after a 401.
    ///
    /// - Parameters:
    ///   - refused: what the request had taken along.
    ///   - isFresh: whether that was got for this very request, so that it is the credential that is refused and not an old token.
    /// - Returns: nil when there is nothing else to try.
    func answer(
        _ challenges: [Challenge], to request: OriginRequest, at endpoint: OriginURL, refused: Authorization?, isFresh: Bool
    ) async throws(OriginError) -> Authorization? {
        if let refused, let key = refused.token { tokens.forget(refused.header.withoutScheme, for: key) }
        // A token may just be over; anything else that is refused is the credential, which is worth another try only if it has changed.
        let isCredentialRefused = refused.map { isFresh || $0.token == nil } ?? false
        if isCredentialRefused {
            guard refused?.credential != nil else { return nil }
            await credentials.renew()
        }
        let next = try await authorization(for: challenges, request, endpoint, butFor: isCredentialRefused ? refused?.credential : nil)
        guard let next, next != refused else { return nil }
        if habits.count >= Self.limit { habits = [:] }
        habits[Place(request, at: endpoint)] = next
        return next
    }

    /// - Parameter useless: a credential that was refused.
    private func authorization(
        for challenges: [Challenge], _ request: OriginRequest, _ endpoint: OriginURL, butFor useless: Credential?
    ) async throws(OriginError) -> Authorization? {
        if let challenge = challenges.first(where: { $0.scheme == "bearer" }) {
            return try await bearer(challenge, request, endpoint, butFor: useless)
        }
        guard challenges.contains(where: { $0.scheme == "basic" }) else { return nil }
        guard let credential = await credential(for: request, at: endpoint, sentTo: endpoint), credential != useless else { return nil }
        return .basic(credential)
    }

    private func bearer(
        _ challenge: Challenge, _ request: OriginRequest, _ endpoint: OriginURL, butFor useless: Credential?
    ) async throws(OriginError) -> Authorization? {
        guard let realm = challenge.realm.flatMap({ OriginURL(parsing: $0) }) else {
            throw request.failed(.badAnswer("a Bearer challenge without a valid realm"))
        }
        guard RealmRule.isBound(realm, to: endpoint) || RealmRule.isBound(realm, toName: request.registry) else {
            throw request.failed(.badAnswer("a token realm at \(realm.host), which is not \(endpoint.host)'s own domain"))
        }
        var credential = await credential(for: request, at: endpoint, sentTo: realm)
        if useless != nil, credential == useless { return nil }
        if case .registryToken(let token)? = credential {
            guard RealmRule.isBound(endpoint, to: realm) else { throw request.failed(.unauthorized(challenge)) }
            return .bearer(token, credential, as: nil)
        }
        do {
            return try await token(from: realm, challenge, for: credential, request, endpoint)
        } catch {
            // The token server's refusal is the credential's: it may have been replaced since it was read.
            guard case .unauthorized = error.reason, let refused = credential else { throw error }
            logger.info("credentials refused", metadata: ["registry": "\(request.registry)", "by": "\(realm.host)"])
            await credentials.renew()
            credential = await self.credential(for: request, at: endpoint, sentTo: realm)
            guard let credential, credential != refused else { throw error }
            return try await token(from: realm, challenge, for: credential, request, endpoint)
        }
    }

    private func token(
        from realm: OriginURL, _ challenge: Challenge, for credential: Credential?, _ request: OriginRequest, _ endpoint: OriginURL
    ) async throws(OriginError) -> Authorization {
        let place = Place(request, at: endpoint)
        let key = TokenCache.Key(server: place.server, scope: place.scope, credential: credential)
        // Another request may have been given one meanwhile.
        if let token = tokens.token(for: key, at: now()) { return .bearer(token, credential, as: key) }
        let question: Task<Result<AccessToken, OriginError>, Never>
        if let asked = questions[key] {
            question = asked
        } else {
            let server = server
            question = Task {
                do throws(OriginError) {
                    return .success(try await server.token(from: realm, challenge, for: credential, asking: request))
                } catch {
                    return .failure(error)
                }
            }
            questions[key] = question
        }
        let result = await question.value
        if questions[key] == question { questions[key] = nil }
        let token = try result.get()
        tokens.keep(token, for: key, at: now())
        return .bearer(token.text, credential, as: key)
    }

    /// The credential of a registry, if `target` may be told it. This program's own settings give one for a registry wherever it is found;
    /// docker's give one for a server, which goes to that server's domain only.
    private func credential(for request: OriginRequest, at endpoint: OriginURL, sentTo target: OriginURL) async -> Credential? {
        if let own = await credentials.own(for: request.registry) { return own }
        if RealmRule.isBound(target, to: endpoint) {
            let name = RegistryDirectory.canonicalName(endpoint.authority)
            if let found = await credentials.docker(for: name, repository: request.repository) { return found }
        }
        guard RealmRule.isBound(target, toName: request.registry) else { return nil }
        return await credentials.docker(for: request.registry, repository: request.repository)
    }
}

extension Secret {
    /// The token of a `Bearer` header.
    fileprivate var withoutScheme: Secret { Secret(String(revealed.drop { $0 != " " }.dropFirst())) }
}
