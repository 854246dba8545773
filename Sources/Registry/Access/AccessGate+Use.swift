import HTTPTypes
import Swarm

extension AccessGate {
    /// Settles what an admission means for content that this node may have from elsewhere.
    ///
    /// - Returns: whether the registry itself must be asked for the content, because what is here was given by another one, to those who may
    ///   have it there: that this one says it has it proves nothing until it has sent it.
    func use(_ admission: Admission, of digest: Digest, in place: RepositoryPlace) async throws -> Bool {
        if admission.ground == .proven { await source.restrict([digest], to: place.registry) }
        guard let registry = source.restriction(of: digest) else { return false }
        guard registry == place.registry else { return true }
        switch admission.ground {
        case .shared: return false
        case .proven, .everybody:
            guard admission.isConfirmed else { throw Self.unsure(digest, place) }
            if admission.ground == .everybody { await source.unrestrict(digest) }
            return false
        case .assumed: throw Self.unsure(digest, place)
        }
    }

    /// What a manifest names is in its repository. Where it may be somebody else's too, the registry is asked about each for itself.
    func use(_ admission: Admission, ofAllNamedBy manifest: Manifest, in place: RepositoryPlace) async {
        let named = manifest.descriptors.filter { !$0.isForeign }.map(\.digest)
        if admission.isConfirmed { book.note(named.filter { source.restriction(of: $0) == nil }, in: place) }
        if admission.ground == .proven { await source.restrict(named, to: place.registry) }
    }

    /// A list that passes through from the registry, asked for as whoever may have it.
    func list<List: Sendable>(
        _ caller: Caller?, in place: RepositoryPlace, _ ask: @Sendable (OriginIdentity) async throws(OriginError) -> List
    ) async throws(OriginError) -> List {
        if isShared(place.registry) { return try await ask(.agent) }
        do throws(OriginError) {
            return try await ask(.anybody)
        } catch {
            guard error.isDefinitive, let caller else { throw error }
            return try await ask(.caller(caller.credential))
        }
    }

    /// What a client is told that may get what it wants with other credentials: what the registry told.
    func challenge(_ error: OriginError) -> MirrorFailure? {
        guard case .unauthorized(let challenge?) = error.reason, !isShared(error.registry) else { return nil }
        var failure = MirrorFailure(
            .unauthorized, .unauthorized,
            "registry \(error.registry) gives this to those only who may have it: send credentials for it, or let everybody have it who reaches "
                + "this mirror (--registry-share \(error.registry)) and give the agent some")
        failure.fields[.wwwAuthenticate] = challenge.description
        return failure
    }

    private static func unsure(_ digest: Digest, _ place: RepositoryPlace) -> MirrorFailure {
        MirrorFailure(
            .notFound, .blobUnknown, "\(digest.short) is not everybody's, and \(place.registry) does not say now whether \(place) has it")
    }
}

extension Challenge: CustomStringConvertible {
    /// As a header. Without what was wrong with an earlier request, which may not have been the client's.
    public var description: String {
        let fields = parameters.filter { !$0.key.hasPrefix("error") }.sorted { $0.key < $1.key }.map { name, value in
            let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            return "\(name)=\"\(quoted)\""
        }
        return ([scheme == "bearer" ? "Bearer" : scheme == "basic" ? "Basic" : scheme] + [fields.joined(separator: ",")])
            .joined(separator: " ")
    }
}
