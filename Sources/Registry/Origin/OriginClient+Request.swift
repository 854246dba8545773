import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix

extension OriginClient {
    /// As many redirects as registries need (blob, to CDN, perhaps to another region) and some more.
    static let redirectLimit = 5

    /// Sends a request to the registry's servers, one after the other until one gives what is asked for. Each is given the credentials or the
    /// token that it wants, and its redirects are followed.
    ///
    /// - Returns: an answer with a 2xx status; its body is still to be read.
    func send(_ request: OriginRequest) async throws(OriginError) -> HTTPClientResponse {
        guard !transport.configuration.isOffline else { throw request.failed(.unreachable("this agent is offline (--offline)")) }
        let endpoints =
            if case .caller = request.identity { directory.sources(of: request.registry) } else {
                directory.endpoints(of: request.registry)
            }
        guard !endpoints.isEmpty else { throw request.failed(.badAnswer("\"\(request.registry)\" is not a registry name")) }
        if request.byteRange != nil, request.identity == .agent, let response = await shortcut(request) { return response }
        await board.began(for: request.registry)
        var attempt = 0
        while true {
            let choice = await board.choose(among: endpoints, for: request.digest)
            var failure = request.failed(choice.reason)
            if !choice.servers.isEmpty {
                do throws(OriginError) {
                    return try await ask(choice.servers, request)
                } catch {
                    if choice.pause == nil || error.reason == .cancelled { failure = error }
                }
            }
            // How long that takes now, whether or not it said so.
            if case .rateLimited = failure.reason {
                failure = request.failed(await board.choose(among: endpoints, for: request.digest).reason)
            }
            // Parts of a blob are the swarm's to ask for again: it may know better by then.
            guard request.byteRange == nil, !request.isImpatient,
                let delay = await board.delay(after: failure.reason, of: request.registry, attempt: attempt)
            else { throw failure }
            attempt += 1
            do {
                try await Task.sleep(for: delay)
            } catch {
                throw request.failed(.cancelled)
            }
        }
    }

    /// Asks servers one after the other, those that are left alone after all others. The last one in order is the source: its failure counts
    /// when none of them gives what is asked for.
    private func ask(_ servers: [OriginURL], _ request: OriginRequest) async throws(OriginError) -> HTTPClientResponse {
        var (failure, place) = (request.failed(.cancelled), -1)
        var leftAlone: [Int] = []
        for index in servers.indices {
            guard await board.admits(servers[index]) else {
                leftAlone.append(index)
                continue
            }
            switch await attempt(request, at: servers[index]) {
            case .success(let response): return response
            case .failure(let error): (failure, place) = (error, index)
            }
            if failure.reason == .cancelled { throw failure }
        }
        for index in leftAlone {
            switch await attempt(request, at: servers[index]) {
            case .success(let response): return response
            case .failure(let error): if index > place || error.reason == .cancelled { (failure, place) = (error, index) }
            }
            if failure.reason == .cancelled { break }
        }
        throw failure
    }

    /// Asks one server, and notes how that went.
    private func attempt(_ request: OriginRequest, at server: OriginURL) async -> Result<HTTPClientResponse, OriginError> {
        do throws(OriginError) {
            let response = try await authorized(request, at: server)
            if let rateLimit = response.rateLimit { await board.note(rateLimit, of: server) }
            if let reason = response.failure { throw request.failed(reason) }
            await board.note(nil, of: server)
            return .success(response)
        } catch {
            await board.note(error, of: server)
            return .failure(error)
        }
    }

    /// Sends a request as the registry wanted it last, and after a 401 as it wants it now: an expired token is replaced by a new one, and
    /// that, should it be refused too, by one for credentials that have changed meanwhile.
    private func authorized(_ request: OriginRequest, at base: OriginURL) async throws(OriginError) -> HTTPClientResponse {
        let url = base.appending(request.path)
        var authorization = await access.known(for: request, at: base)
        var response = try await follow(request, from: url, authorization)
        for attempt in 0..<2 where response.status == .unauthorized {
            let next = try await access.answer(
                response.challenges, to: request, at: base, refused: authorization, isFresh: attempt > 0)
            guard let next else { break }
            authorization = next
            response = try await follow(request, from: url, authorization)
        }
        return response
    }

    /// Asks for a part of a blob where the registry sent an earlier request for it.
    ///
    /// - Returns: nil when that is not known, or does not deliver: the registry is asked then.
    private func shortcut(_ request: OriginRequest) async -> HTTPClientResponse? {
        guard let url = await redirects.url(for: request) else { return nil }
        let response = try? await transport.execute(outgoing(request, to: url), to: url, for: request)
        if let response, response.status.code == 206 { return response }
        await redirects.forget(request)
        return nil
    }

    private func outgoing(_ request: OriginRequest, to url: OriginURL) -> HTTPClientRequest {
        var outgoing = HTTPClientRequest(url: url.description)
        outgoing.method = request.method
        outgoing.headers.add(name: "via", value: via)
        outgoing.headers.add(name: "accept-encoding", value: "identity")
        for type in request.accept { outgoing.headers.add(name: "accept", value: type) }
        if let range = request.byteRange { outgoing.headers.add(name: "range", value: ByteRange.header(for: range)) }
        return outgoing
    }

    /// One request and its redirects. The authorization goes to the registry's own server and no other, not even a subdomain.
    private func follow(
        _ request: OriginRequest, from start: OriginURL, _ authorization: Authorization?
    ) async throws(OriginError) -> HTTPClientResponse {
        var url = start
        for _ in 0...Self.redirectLimit {
            var outgoing = outgoing(request, to: url)
            if let authorization, url.isSameServer(as: start) {
                outgoing.headers.add(name: "authorization", value: authorization.header.revealed)
            }
            let response = try await transport.execute(outgoing, to: url, for: request)
            guard response.isRedirect else {
                if response.status.code == 206, request.identity == .agent, !url.isSameServer(as: start) {
                    await redirects.remember(url, for: request)
                }
                return response
            }
            do throws(RedirectRefusal) {
                url = try RedirectRule.next(from: url, to: response.headers.first(name: "location"), origin: start)
            } catch {
                throw request.failed(.badAnswer(error.description))
            }
        }
        throw request.failed(.badAnswer("more than \(Self.redirectLimit) redirects"))
    }

    /// The whole body of a small answer.
    func collect(_ response: HTTPClientResponse, upTo limit: UInt64, for request: OriginRequest) async throws(OriginError) -> ByteBuffer {
        do {
            return try await response.body.collect(upTo: Int(limit))
        } catch is NIOTooManyBytesError {
            throw request.failed(.badAnswer("a body of more than \(limit) bytes"))
        } catch {
            throw request.failed(OriginError.Reason(error, during: .body))
        }
    }
}

extension HTTPClientResponse {
    var isRedirect: Bool { [301, 302, 303, 307, 308].contains(status.code) }

    var challenges: [Challenge] { headers["www-authenticate"].flatMap { Challenge.parse($0) } }

    /// The length of the body as sent; nil when the origin does not say, or says it twice and differently.
    var contentLength: UInt64? {
        let values = Set(headers["content-length"])
        return values.count == 1 ? values.first.flatMap { UInt64($0) } : nil
    }

    var rateLimit: RateLimit? {
        RateLimit(remaining: headers.first(name: "ratelimit-remaining"), limit: headers.first(name: "ratelimit-limit"))
    }

    /// S3 and what speaks like it say why in XML; registries say it in JSON.
    private var isFromObjectStore: Bool {
        challenges.isEmpty && (contentType?.hasSuffix("/xml") == true || headers.contains(name: "x-amz-request-id"))
    }

    var contentType: String? { headers.first(name: "content-type").map { MediaType.withoutParameters($0) } }

    /// What a status means, nil for success.
    var failure: OriginError.Reason? {
        switch status.code {
        case 200..<300: nil
        case 404: .notFound
        case 403 where isFromObjectStore: .hidden
        case 401, 403: .unauthorized(challenges.first)
        case 429:
            .rateLimited(
                retryAfterSeconds: headers.first(name: "retry-after").flatMap {
                    RetryAfter.seconds($0, answeredAt: headers.first(name: "date"))
                })
        default: .status(Int(status.code))
        }
    }
}

extension OriginError.Reason {
    /// Sorts what the HTTP client threw.
    init(_ error: any Error, during phase: OriginError.Phase) {
        switch error {
        case is CancellationError: self = .cancelled
        case let error as HTTPClientError:
            switch error {
            case .cancelled: self = .cancelled
            case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout:
                self = .timeout(phase)
            default: self = .unreachable(HTTPFailure.explain(error))
            }
        case let error as HTTPParserError where error != .invalidEOFState: self = .badAnswer("not HTTP (\(error))")
        default: self = .unreachable(HTTPFailure.explain(error))
        }
    }
}
