import Swarm

/// Decides who is given what. Content of a repository that its registry does not give to everybody is given to those callers only who have
/// proven, with a question to the registry, that it would give it to them.
struct AccessGate: Sendable {
    /// What is asked for.
    enum Subject: Hashable, Sendable {
        case tag(String)
        case manifest(Digest)
        case blob(Digest)

        var digest: Digest? {
            switch self {
            case .tag: nil
            case .manifest(let digest), .blob(let digest): digest
            }
        }

        var kind: ContentLocation.Kind { if case .blob = self { .blob } else { .manifest } }

        /// As a manifest's path has it; nil for a blob.
        var reference: String? {
            switch self {
            case .tag(let tag): tag
            case .manifest(let digest): digest.description
            case .blob: nil
            }
        }
    }

    let origin: OriginClient
    let source: any ContentSource
    let policy: ProofPolicy
    let tags: TagPolicy
    let book = AccessBook()

    /// Whether a blob may go out without anybody being asked; on a connection's event loop.
    func admits(_ authorization: String?, to digest: Digest, in place: RepositoryPlace) -> Bool {
        if let registry = source.restriction(of: digest), registry != place.registry { return false }
        if isShared(place.registry) { return true }
        guard book.has(place, digest) else { return false }
        let now = ContinuousClock.now
        if let right = book.right(of: nil, in: place) { return now - right.provenAt < policy.timeToLive }
        guard let caller = Caller(authorization: authorization, hash: origin.sha256),
            let right = book.right(of: caller.fingerprint, in: place)
        else { return false }
        return now - right.provenAt < policy.timeToLive
    }

    /// - Throws: `MirrorFailure`: a challenge where credentials may help, else why not.
    func admit(_ caller: Caller?, to subject: Subject, in place: RepositoryPlace) async throws -> Admission {
        if isShared(place.registry) { return Admission(ground: .shared, isConfirmed: true) }
        let now = ContinuousClock.now
        let right = book.right(of: caller?.fingerprint, in: place)
        do throws(OriginError) {
            if let right, now - right.provenAt < policy.timeToLive {
                return try await confirm(subject, Admission(ground: right.isPublic ? .everybody : .proven), caller, place, now)
            }
            return try await prove(caller, subject, place, now)
        } catch {
            if error.isDefinitive || error.reason == .cancelled {
                throw challenge(error) ?? MirrorFailure(ContentError(error), of: subject.kind)
            }
            return try await admit(subject, in: place, right, now, without: error)
        }
    }

    /// The registry does not answer: what was proven lately counts, and where nothing was ever refused to anybody, that counts as public.
    private func admit(
        _ subject: Subject, in place: RepositoryPlace, _ right: AccessBook.Right?, _ now: AccessBook.Instant, without error: OriginError
    ) async throws -> Admission {
        if !book.isSilent(place.registry, at: now) { book.noteSilence(place.registry, at: now) }
        let isKnown = subject.digest.map { book.has(place, $0) } ?? false
        if let right, now - right.provenAt < policy.timeToLive + policy.staleIfError {
            return Admission(ground: right.isPublic ? .everybody : .proven, isConfirmed: isKnown, failure: error)
        }
        let isGuarded = origin.directory.isShared(place.registry) == false || book.isClosed(place)
        guard !isGuarded, await !origin.mayHaveCredentials(for: place) else {
            throw MirrorFailure(.unavailable("who may have \(place) cannot be told now: \(error)"), of: subject.kind)
        }
        return Admission(ground: .assumed, failure: error)
    }

    /// Learns whether somebody may have what a repository holds, by a question for a manifest of it where one is known.
    private func prove(
        _ caller: Caller?, _ subject: Subject, _ place: RepositoryPlace, _ now: AccessBook.Instant
    ) async throws(OriginError) -> Admission {
        if let known = book.manifest(in: place), subject.reference == nil {
            do throws(OriginError) {
                let (isPublic, _) = try await ask(known, nil, caller, place, now)
                return try await confirm(subject, Admission(ground: isPublic ? .everybody : .proven), caller, place, now)
            } catch {
                // That manifest may be gone.
                guard error.reason == .notFound else { throw error }
            }
        }
        let (isPublic, resolved) = try await ask(subject.reference, subject.digest, caller, place, now)
        if let digest = resolved?.tag.digest ?? subject.digest { book.note(CollectionOfOne(digest), in: place) }
        if let reference = subject.reference { book.note(manifest: reference, in: place) }
        return Admission(
            ground: isPublic ? .everybody : .proven, isConfirmed: true, resolved: subject.digest == nil ? resolved : nil)
    }

    /// Learns whether a repository has what is asked for, now that it is known that whoever asks may have it then.
    private func confirm(
        _ subject: Subject, _ admission: Admission, _ caller: Caller?, _ place: RepositoryPlace, _ now: AccessBook.Instant
    ) async throws(OriginError) -> Admission {
        guard let digest = subject.digest else { return admission }
        if book.has(place, digest) { return admission.confirmed }
        let identity: OriginIdentity =
            if admission.ground == .proven, let caller { .caller(caller.credential) } else { .anybody }
        _ = try await ask(subject.reference, digest, as: identity, place, now)
        book.note(CollectionOfOne(digest), in: place)
        return admission.confirmed
    }

    /// Asks as everybody, then as the caller; the other way round where everybody was refused before.
    private func ask(
        _ reference: String?, _ blob: Digest?, _ caller: Caller?, _ place: RepositoryPlace, _ now: AccessBook.Instant
    ) async throws(OriginError) -> (isPublic: Bool, resolved: KnownTag?) {
        var callers: [Caller?] = caller.map { [nil, $0] } ?? [nil]
        if book.isClosed(place) { callers.reverse() }
        var failure: OriginError?
        for caller in callers {
            do throws(OriginError) {
                let resolved = try await ask(
                    reference, blob, as: caller.map { .caller($0.credential) } ?? .anybody, place, now)
                book.prove(caller?.fingerprint, in: place, at: .now - (resolved?.age ?? .zero))
                if let caller { await origin.lend(caller.credential, for: place) }
                return (caller == nil, resolved)
            } catch {
                guard error.isDefinitive else { throw error }
                if let caller { book.refuse(caller.fingerprint, in: place) }
                if caller == nil, case .unauthorized = error.reason { book.close(place) }
                // What the caller was told says more than what everybody is.
                if failure == nil || caller != nil { failure = error }
            }
        }
        throw failure ?? OriginError(.cancelled, registry: place.registry, path: "")
    }

    private func ask(
        _ reference: String?, _ digest: Digest?, as identity: OriginIdentity, _ place: RepositoryPlace, _ now: AccessBook.Instant
    ) async throws(OriginError) -> KnownTag? {
        // What is here, or elsewhere in the cluster, is not to wait for a registry that is down.
        if digest != nil || reference?.contains(":") == true, book.isSilent(place.registry, at: now) {
            throw OriginError(.unreachable("it did not answer a moment ago"), registry: place.registry, path: "/v2/\(place.repository)/")
        }
        guard let reference else {
            if let digest { try await origin.proveBlob(digest, in: place, as: identity) }
            return nil
        }
        let location = TagLocation(registry: place.registry, repository: place.repository, tag: reference)
        let isImpatient = digest != nil || reference.contains(":")
        guard identity == .anybody else {
            return KnownTag(tag: try await origin.resolve(location, as: identity, isImpatient: isImpatient), age: .zero)
        }
        // What everybody is told, one agent is told for all.
        let maxAge = isImpatient ? policy.timeToLive : tags.timeToLive
        return try await source.resolve(location, isForEverybody: true, notOlderThan: maxAge) { [origin] () async throws(OriginError) in
            try await origin.resolve(location, as: .anybody, isImpatient: isImpatient)
        }
    }

    func isShared(_ registry: String) -> Bool { origin.directory.isShared(registry) == true }
}
