import FoundationEssentials

/// A registry's name and where to find it, written `NAME=URL`: `docker.io=http://127.0.0.1:5001`.
///
/// The name is a registry host, with a port where it has one (`localhost:5000`); the URL is http or https and has a host.
public struct NamedURL: Sendable, Hashable, CustomStringConvertible {
    /// The registry's name as image references write it.
    public let name: String
    /// The absolute URL as it was given, without a trailing slash.
    public let url: String

    /// Reads `NAME=URL`; `nil` if either half is missing or the URL is not an absolute http(s) one.
    public init?(parsing text: String) {
        let halves = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let name = halves.first, !name.isEmpty, !name.contains(where: { $0.isWhitespace || $0 == "/" }) else {
            return nil
        }
        var address = halves[1]
        while address.last == "/" { address.removeLast() }
        guard let parsed = URL(string: String(address)), let scheme = parsed.scheme?.lowercased(), let host = parsed.host(), !host.isEmpty,
            scheme == "http" || scheme == "https", parsed.query == nil, parsed.fragment == nil
        else { return nil }
        self.name = String(name)
        self.url = String(address)
    }

    /// `NAME=URL`.
    public var description: String { "\(name)=\(url)" }
}
