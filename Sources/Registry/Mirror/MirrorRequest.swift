public import Swarm

/// What a client asks of `/v2/`, parsed from the target of its request line. Nothing else of the request decides which content is meant.
public struct MirrorRequest: Sendable, Hashable {
    /// What the path names.
    public enum Endpoint: Sendable, Hashable {
        /// `/v2/`: is this a registry?
        case ping
        case manifest(Reference.Target)
        case blob(Digest)
        case tags
        case referrers(Digest)

        /// The tag or digest that it names, if it names one.
        var reference: String? {
            switch self {
            case .ping, .tags: nil
            case .manifest(let target): target.description
            case .blob(let digest), .referrers(let digest): digest.description
            }
        }
    }

    public let endpoint: Endpoint
    /// The repository as it stood in the path, perhaps with a registry's host in front; empty for `ping`.
    public let path: String
    /// The `ns` of containerd and BuildKit: the registry that the mirror stands in for.
    public let namespace: String?
    /// What else the query held, still percent-encoded; nil when nothing.
    public let query: String?

    /// Longer than any real request: names have 255 characters, digests 135.
    public static let limitBytes = 4096

    /// Parses `/v2/<name>/manifests/<reference>` and its siblings, with or without a query. Percent-encoding is undone a segment at a time,
    /// so that an encoded slash never makes a new segment.
    public init(parsing target: String) throws(MirrorRequestError) {
        guard target.utf8.count <= Self.limitBytes else { throw .malformed("longer than \(Self.limitBytes) bytes") }
        guard target.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .malformed("unencoded characters") }
        let mark = target.firstIndex(of: "?")
        (namespace, query) = try Self.splitQuery(mark.map { target[target.index(after: $0)...] } ?? "")
        var segments: [String] = []
        for raw in target[..<(mark ?? target.endIndex)].split(separator: "/", omittingEmptySubsequences: false) {
            guard let segment = PercentCoding.decode(raw) else { throw .malformed("bad percent-encoding") }
            segments.append(segment)
        }
        guard segments.count >= 2, segments[0].isEmpty, segments[1] == "v2" else { throw .noSuchEndpoint }
        if segments.count == 2 || segments.count == 3 && segments[2].isEmpty {
            endpoint = .ping
            path = ""
            return
        }
        guard segments.count >= 5 else { throw .noSuchEndpoint }
        endpoint = try Self.endpoint(segments[segments.count - 2], segments[segments.count - 1])
        path = segments[2..<(segments.count - 2)].joined(separator: "/")
        let named = RepositoryPath(path)
        guard
            Reference.isRepository(path) || named.registry.map(RegistryDirectory.isName) == true && Reference.isRepository(named.repository)
        else { throw .malformedName(String(path.prefix(255))) }
    }

    private static func endpoint(_ collection: String, _ item: String) throws(MirrorRequestError) -> Endpoint {
        switch collection {
        case "manifests":
            do {
                return .manifest(try Reference.Target(parsing: item))
            } catch .digest(let error) {
                throw .malformedDigest(error)
            } catch {
                throw .malformedTag(error)
            }
        case "blobs": return .blob(try digest(item))
        case "referrers": return .referrers(try digest(item))
        case "tags" where item == "list": return .tags
        default: throw .noSuchEndpoint
        }
    }

    private static func digest(_ text: String) throws(MirrorRequestError) -> Digest {
        do {
            return try Digest(parsing: text)
        } catch {
            throw .malformedDigest(error)
        }
    }

    private static func splitQuery(_ query: Substring) throws(MirrorRequestError) -> (namespace: String?, rest: String?) {
        var namespace: String?
        var rest: [Substring] = []
        for part in query.split(separator: "&") {
            guard part.hasPrefix("ns=") else {
                rest.append(part)
                continue
            }
            guard let name = PercentCoding.decode(part.dropFirst(3)) else { throw .malformed("bad percent-encoding") }
            if name.isEmpty || namespace != nil { continue }
            guard RegistryDirectory.isName(name) else { throw .malformedNamespace(String(name.prefix(255))) }
            namespace = name
        }
        return (namespace, rest.isEmpty ? nil : rest.joined(separator: "&"))
    }
}
