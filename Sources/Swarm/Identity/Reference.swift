/// An image reference: `registry/repository:tag` or `registry/repository@digest`
/// (the grammar is that of distribution's `reference` package and OCI distribution-spec, "Pulling manifests").
public struct Reference: Hashable, Sendable, CustomStringConvertible {
    /// What picks a manifest inside a repository.
    public enum Target: Hashable, Sendable, CustomStringConvertible {
        case tag(String)
        case digest(Digest)

        /// Parses the last path component of `/v2/<name>/manifests/<reference>`.
        public init(parsing text: some StringProtocol) throws(ReferenceError) {
            if text.contains(":") {
                do {
                    self = .digest(try Digest(parsing: text))
                } catch {
                    throw .digest(error)
                }
            } else {
                guard Reference.isTag(text) else { throw .malformedTag(String(text.prefix(160))) }
                self = .tag(String(text))
            }
        }

        public var description: String {
            switch self {
            case .tag(let tag): tag
            case .digest(let digest): digest.description
            }
        }
    }

    /// Host and optional port; nil when the reference does not name one (then the default registry is meant).
    public let registry: String?
    public let repository: String
    public let target: Target

    public init(registry: String?, repository: String, target: Target) {
        self.registry = registry
        self.repository = repository
        self.target = target
    }

    /// Parses `[registry/]repository[:tag][@digest]`; without either the tag is `latest`, and a digest wins over a tag.
    public init(parsing text: String) throws(ReferenceError) {
        guard text.utf8.count <= Self.lengthLimit else { throw .tooLong(text.utf8.count) }
        var rest = text[...]
        var target: Target?
        if let at = rest.firstIndex(of: "@") {
            target = try Target(parsing: rest[rest.index(after: at)...])
            guard case .digest = target else { throw .malformedTag(String(rest[at...])) }
            rest = rest[..<at]
        }
        let lastSlash = rest.lastIndex(of: "/") ?? rest.startIndex
        if let colon = rest[lastSlash...].firstIndex(of: ":") {
            let tag = rest[rest.index(after: colon)...]
            guard Self.isTag(tag) else { throw .malformedTag(String(tag)) }
            target = target ?? .tag(String(tag))
            rest = rest[..<colon]
        }
        let path = RepositoryPath(rest)
        guard Self.isRepository(path.repository) else { throw .malformedRepository(String(path.repository)) }
        self.init(registry: path.registry, repository: path.repository, target: target ?? .tag("latest"))
    }

    public var description: String {
        let name = registry.map { "\($0)/\(repository)" } ?? repository
        return switch target {
        case .tag(let tag): "\(name):\(tag)"
        case .digest(let digest): "\(name)@\(digest)"
        }
    }

    /// Longer than any registry takes; a bound on what is parsed at all.
    static let lengthLimit = 1024

    /// `[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}` (distribution-spec, "Pulling manifests").
    public static func isTag(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 128, isWord(first) else { return false }
        return text.utf8.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    /// `[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/…)*`, at most 255 characters (distribution-spec, "Pulling manifests").
    public static func isRepository(_ text: some StringProtocol) -> Bool {
        guard !text.isEmpty, text.utf8.count <= 255 else { return false }
        return text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { isPathComponent($0) }
    }

    private static func isPathComponent(_ text: some StringProtocol) -> Bool {
        guard let first = text.utf8.first, isLowerAlphanumeric(first) else { return false }
        var separator: [UInt8] = []
        for byte in text.utf8 {
            if isLowerAlphanumeric(byte) {
                guard isSeparator(separator) else { return false }
                separator = []
            } else {
                separator.append(byte)
            }
        }
        return separator.isEmpty
    }

    private static func isSeparator(_ run: [UInt8]) -> Bool {
        switch run.count {
        case 0: true
        case 1: run == [UInt8(ascii: ".")] || run == [UInt8(ascii: "_")] || run == [UInt8(ascii: "-")]
        default: run == [UInt8(ascii: "_"), UInt8(ascii: "_")] || run.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    private static func isLowerAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        isLowerAlphanumeric(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || byte == UInt8(ascii: "_")
    }
}

/// Why a text is not a reference.
public enum ReferenceError: Error, Equatable, CustomStringConvertible {
    case malformedRepository(String)
    case malformedTag(String)
    case digest(DigestError)
    case tooLong(Int)

    public var description: String {
        switch self {
        case .malformedRepository(let text):
            "\"\(text)\" is not a repository name: use lower-case letters, digits and . _ - between slashes, such as library/busybox"
        case .malformedTag(let text): "\"\(text)\" is not a tag: use letters, digits and . _ -, at most 128 of them"
        case .digest(let error): error.description
        case .tooLong(let count): "a reference of \(count) bytes is too long: the limit is \(Reference.lengthLimit)"
        }
    }
}
