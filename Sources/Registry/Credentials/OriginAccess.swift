import AsyncHTTPClient
import Logging

/// How registries are to be asked: what each wanted when it was asked last, and an answer to what it wants now.
actor OriginAccess {
    /// A repository of a server, and who asks for it: what one authorization is good for.
    struct Place: Hashable, Sendable {
        let server: String
        let scope: String
        let identity: OriginIdentity

        init(_ request: OriginRequest, at endpoint: OriginURL) {
            (server, scope, identity) = (endpoint.root, request.scope, request.identity)
        }
    }

    /// What a caller lent for a repository, and which servers may be told.
    private struct Loan {
        let credential: Credential
        let servers: [OriginURL]
        let expires: ContinuousClock.Instant
    }

    /// More repositories than a node pulls from in a day.
    private static let limit = 4096

    /// A caller's credential is used no longer than this after it was last proven good.
    private static let loanLifetime: Duration = .seconds(3600)

    let credentials: Credentials
    private let server: TokenServer
    private let logger: Logger
    private let now: @Sendable () -> ContinuousClock.Instant
    private var tokens = TokenCache()
    /// What was last sent, by place; its token may have expired since.
    private var habits: [Place: Authorization] = [:]
    /// What callers lent, the last one's for each repository.
    private var loans: [RepositoryPlace: Loan] = [:]
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
        // It is what the registry wants, or useless.
        if case .caller(let credential) = request.identity, case .registryToken(let token) = credential {
            return .bearer(token, credential, as: nil)
        }
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
            guard request.identity == .agent, refused?.credential != nil || loan(for: request, at: endpoint) != nil else { return nil }
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
        let found = await credential(for: request, at: endpoint, sentTo: endpoint, butFor: useless)
        return found.flatMap { .basic($0) }
    }

    private func bearer(
        _ challenge: Challenge, _ request: OriginRequest, _ endpoint: OriginURL, butFor useless: Credential?
    ) async throws(OriginError) -> Authorization? {
        guard let realm = challenge.realm.flatMap({ OriginURL(parsing: $0) }) else {
            throw request.failed(.badAnswer("a Bearer challenge without a valid realm"))
        }
        guard RealmRule.isBound(realm, to: endpoint) || RealmRule.isBound(realm, toName: request.registry) else {
            // A caller may go there for a token.
            if request.identity != .agent { throw request.failed(.unauthorized(challenge)) }
            throw request.failed(.badAnswer("a token realm at \(realm.host), which is not \(endpoint.host)'s own domain"))
        }
        var credential = await credential(for: request, at: endpoint, sentTo: realm, butFor: useless)
        if useless != nil, credential == nil { return nil }
        if case .registryToken(let token)? = credential {
            guard RealmRule.isBound(endpoint, to: realm) else { throw request.failed(.unauthorized(challenge)) }
            return .bearer(token, credential, as: nil)
        }
        do {
            return try await token(from: realm, challenge, for: credential, request, endpoint)
        } catch {
            // The token server's refusal is the credential's: it may have been replaced since it was read.
            guard case .unauthorized = error.reason else { throw error }
            guard request.identity == .agent else { throw request.failed(.unauthorized(challenge)) }
            guard let refused = credential else { throw error }
            logger.info("credentials refused", metadata: ["registry": "\(request.registry)", "by": "\(realm.host)"])
            await credentials.renew()
            credential = await self.credential(for: request, at: endpoint, sentTo: realm, butFor: refused)
            guard let credential else { throw error }
            if case .registryToken(let token) = credential { return .bearer(token, credential, as: nil) }
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

    /// The credential for a request, if `target` may be told it: the agent's own, then what a caller has lent.
    ///
    /// - Parameter useless: what was refused.
    private func credential(
        for request: OriginRequest, at endpoint: OriginURL, sentTo target: OriginURL, butFor useless: Credential?
    ) async -> Credential? {
        switch request.identity {
        case .anybody: return nil
        case .caller(let credential): return credential == useless ? nil : credential
        case .agent: break
        }
        if let own = await own(for: request, at: endpoint, sentTo: target), own != useless { return own }
        let lent = loan(for: request, at: endpoint)
        return lent == useless ? nil : lent
    }

    /// This program's own settings give a credential for a registry wherever it is found; docker's give one for a server, which goes to that
    /// server's domain only.
    private func own(for request: OriginRequest, at endpoint: OriginURL, sentTo target: OriginURL) async -> Credential? {
        if let own = await credentials.own(for: request.registry) { return own }
        if RealmRule.isBound(target, to: endpoint) {
            let name = RegistryDirectory.canonicalName(endpoint.authority)
            if let found = await credentials.docker(for: name, repository: request.repository) { return found }
        }
        guard RealmRule.isBound(target, toName: request.registry) else { return nil }
        return await credentials.docker(for: request.registry, repository: request.repository)
    }

    // MARK: Lending

    /// A caller has proven that this is good for a repository. It goes to the registry's own servers only.
    func lend(_ credential: Credential, for place: RepositoryPlace, at servers: [OriginURL]) {
        if loans.count >= Self.limit, loans[place] == nil { loans = [:] }
        loans[place] = Loan(credential: credential, servers: servers, expires: now() + Self.loanLifetime)
    }

    func hasLent(for place: RepositoryPlace) -> Bool { loans[place].map { $0.expires > now() } ?? false }

    private func loan(for request: OriginRequest, at endpoint: OriginURL) -> Credential? {
        let place = RepositoryPlace(registry: request.registry, repository: request.repository)
        guard let loan = loans[place], loan.expires > now(), loan.servers.contains(where: endpoint.isSameServer) else { return nil }
        return loan.credential
    }
}

extension Secret {
    /// The token of a `Bearer` header.
    fileprivate var withoutScheme: Secret { Secret(String(revealed.drop { $0 != " " }.dropFirst())) }
}
