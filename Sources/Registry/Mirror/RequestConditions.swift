import Swarm

/// The header fields that say which part of some content a client wants, if any.
struct RequestConditions: Sendable, Hashable {
    var ifNoneMatch: String?
    var ifRange: String?
    var range: String?

    /// True when the client holds just this content (RFC 9110, section 13.1.2; tags compare weakly).
    func alreadyHas(_ digest: Digest) -> Bool {
        guard let ifNoneMatch else { return false }
        return ifNoneMatch.split(separator: ",").contains { candidate in
            let tag = candidate.trimmed
            return tag == "*" || tag == "\"\(digest)\"" || tag == "W/\"\(digest)\""
        }
    }

    /// What the Range header selects, unless If-Range says that it was meant for something else (RFC 9110, section 13.1.5).
    func selection(of digest: Digest, size: UInt64) -> ByteRange.Selection {
        guard let range, let parsed = ByteRange(parsing: range) else { return .whole }
        if let ifRange, ifRange != "\"\(digest)\"" { return .whole }
        return parsed.selection(ofSize: size)
    }
}
