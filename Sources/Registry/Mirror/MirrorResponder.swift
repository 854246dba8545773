import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Swarm

/// Answers one request after another. Routing is by hand because repository names contain slashes; what a request means is
/// `MirrorRequest`'s to say, what is answered is in the extensions, one endpoint a file.
struct MirrorResponder: HTTPResponder {
    typealias Context = MirrorContext

    let source: any ContentSource
    let origin: OriginClient
    let observer: (any MirrorObserver)?
    let limits: MirrorLimits
    let tags: TagPolicy
    /// Whether connections are: files cannot be sent from where they lie then.
    let isEncrypted: Bool
    let logger: Logger
    /// Told of each request when it has been answered; nil for nobody.
    let accessLog: (@Sendable (AccessEntry) -> Void)?
    let gate: AccessGate
    let signed = SignedDigests()
    let targets: BlobTargets
    let date = HTTPDate()

    init(
        source: any ContentSource, origin: OriginClient, observer: (any MirrorObserver)?, limits: MirrorLimits, tags: TagPolicy,
        proofs: ProofPolicy, isEncrypted: Bool = false, logger: Logger, accessLog: (@Sendable (AccessEntry) -> Void)?
    ) {
        self.source = source
        self.origin = origin
        self.observer = observer
        self.limits = limits
        self.tags = tags
        self.isEncrypted = isEncrypted
        self.logger = logger
        self.accessLog = accessLog
        gate = AccessGate(origin: origin, source: source, policy: proofs, tags: tags)
        targets = BlobTargets(origin.directory)
    }

    func respond(to request: Request, context: MirrorContext) async -> Response {
        if let accessLog { context.trail.begin(AccessEntry(client: context.client, method: request.method.rawValue), accessLog) }
        var response: Response
        do {
            response = try await route(request, context)
        } catch {
            let failure = error as? MirrorFailure ?? MirrorFailure(.badGateway, .unknown, "the request failed: \(error)")
            logger.info(
                "refused",
                metadata: ["status": "\(failure.status.code)", "request": "\(Self.line(request))", "reason": "\(failure.message)"])
            response = failure.response
        }
        response.headers[.dockerVersion] = "registry/2.0"
        if request.method == .head { response = response.createHeadResponse() }
        if response.status == .notModified { response.headers[.contentLength] = nil }
        logger.debug("answered", metadata: ["status": "\(response.status.code)", "request": "\(Self.line(request))"])
        let hasBody = request.method != .head && response.status != .notModified
        context.trail.answered(status: response.status.code, bytes: hasBody ? response.body.contentLength ?? 0 : 0)
        observer?.answered(status: response.status.code)
        return response
    }

    private func route(_ request: Request, _ context: MirrorContext) async throws -> Response {
        guard request.method == .get || request.method == .head else {
            var failure = MirrorFailure(.methodNotAllowed, .unsupported, "this is a mirror to pull from: push to the registry itself")
            failure.fields[.allow] = "GET, HEAD"
            throw failure
        }
        guard !origin.sent(request.headers[values: .via]) else {
            throw MirrorFailure(
                .init(code: 508, reasonPhrase: "Loop Detected"), .unsupported,
                "this mirror is its own origin: check --registry NAME=URL, no URL may be the mirror's address")
        }
        let parsed: MirrorRequest
        do {
            parsed = try MirrorRequest(parsing: request.head.path ?? "")
        } catch {
            throw MirrorFailure(error)
        }
        var response: Response
        do {
            response = try await answer(parsed, request, context)
        } catch var failure as MirrorFailure {
            failure.fields[.ociNamespace] = parsed.namespace
            throw failure
        }
        response.headers[.ociNamespace] = parsed.namespace
        return response
    }

    private func answer(_ parsed: MirrorRequest, _ request: Request, _ context: MirrorContext) async throws -> Response {
        let place = origin.directory.place(namespace: parsed.namespace, path: parsed.path)
        guard parsed.endpoint == .ping || Reference.isRepository(place.repository) else {
            throw MirrorFailure(.malformedName(place.repository))
        }
        let caller = Caller(authorization: request.headers[.authorization], hash: origin.sha256)
        let wanted = Wanted(
            registry: place.registry, repository: place.repository, caller: caller, request: request, context: context)
        if parsed.endpoint != .ping {
            context.trail.note { ($0.place, $0.reference) = (wanted.place, parsed.endpoint.reference) }
        }
        return switch parsed.endpoint {
        case .ping: try ping(request)
        case .manifest(.tag(let tag)): try await manifest(tag: tag, wanted)
        case .manifest(.digest(let digest)): try await manifest(digest, wanted)
        case .blob(let digest): try await request.method == .head ? blobHead(digest, wanted) : blob(digest, wanted)
        case .tags: try await tags(parsed, wanted)
        case .referrers(let digest): try await referrers(of: digest, parsed, wanted)
        }
    }

    /// Skopeo, podman, buildah and CRI-O send credentials only to who asks for some here, whatever is asked for later; without any they send
    /// an empty name and password, and go on. They are known by a header that dockerd and containerd do not send, which must not be asked:
    /// dockerd would give up.
    private func ping(_ request: Request) throws -> Response {
        guard request.headers[.dockerVersion] == nil || request.headers[.authorization] != nil else {
            var failure = MirrorFailure(.unauthorized, .unauthorized, "a name and password may be sent for private images")
            failure.fields[.wwwAuthenticate] = #"Basic realm="shoal""#
            throw failure
        }
        return Response(status: .ok, headers: [.contentType: MediaType.json], body: ResponseBody(byteBuffer: ByteBuffer(string: "{}")))
    }

    /// Method and target, bounded, for a log line.
    private static func line(_ request: Request) -> String {
        "\(request.method) \((request.head.path ?? "").prefix(300))"
    }
}

/// What every endpoint needs of a request that has found its registry.
struct Wanted: Sendable {
    let registry: String
    let repository: String
    let caller: Caller?
    let request: Request
    let context: MirrorContext

    func location(_ kind: ContentLocation.Kind) -> ContentLocation {
        ContentLocation(registry: registry, repository: repository, kind: kind)
    }

    var place: RepositoryPlace { RepositoryPlace(registry: registry, repository: repository) }

    var conditions: RequestConditions {
        RequestConditions(
            ifNoneMatch: request.headers[.ifNoneMatch], ifRange: request.headers[.ifRange], range: request.headers[.range])
    }
}
