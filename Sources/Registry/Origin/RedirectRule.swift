/// Where redirects may lead: an origin on the internet must not make an agent ask its own network (server-side request forgery). Judged
/// by the host's name or address; a public name that resolves to a private address is not noticed.
enum RedirectRule {
    /// - Returns: where to go on.
    /// - Throws: why not, as one clause.
    static func next(from url: OriginURL, to location: String?, origin: OriginURL) throws(RedirectRefusal) -> OriginURL {
        guard let location, let next = url.resolving(location) else {
            throw RedirectRefusal("a redirect to \(location.map { "\"\($0.prefix(200))\"" } ?? "nowhere")")
        }
        // An origin on a private network may lead to others there, and one on this machine anywhere.
        guard HostScope(of: next.host) >= HostScope(of: origin.host) || next.host == origin.host else {
            throw RedirectRefusal("a redirect from \(origin.host) to \(next.host), which is a private address")
        }
        guard next.scheme == .https || origin.scheme == .http else {
            throw RedirectRefusal("a redirect from https to plain http at \(next.host)")
        }
        return next
    }
}

/// Why a redirect is not followed.
struct RedirectRefusal: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
