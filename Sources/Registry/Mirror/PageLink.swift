/// The `Link` to the next page of a list (RFC 8288; distribution-spec, "Listing Tags").
public enum PageLink {
    /// Points an origin's link at the mirror: only its query and parameters are kept, below the path that the client itself used.
    ///
    /// - Parameters:
    ///   - link: as the origin wrote it, absolute or relative: `<https://host/v2/app/tags/list?last=b&n=2>; rel="next"`.
    ///   - path: the client's own request path, without query.
    ///   - namespace: the `ns` to repeat, if the client sent one.
    /// - Returns: nil when the link is malformed or has no query, for then there is no next page.
    public static func rewrite(_ link: String, path: String, namespace: String?) -> String? {
        let text = link.trimmed
        guard text.first == "<", let close = text.firstIndex(of: ">"), text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            return nil
        }
        let target = text[text.index(after: text.startIndex)..<close]
        guard let mark = target.firstIndex(of: "?") else { return nil }
        let query = target[target.index(after: mark)...]
        guard !query.isEmpty, !query.contains(" ") else { return nil }
        let parameters = text[text.index(after: close)...].prefix { $0 != "," }
        let suffix = namespace.map { "&ns=\(PercentCoding.encode($0))" } ?? ""
        return "<\(path)?\(query)\(suffix)>\(parameters)"
    }
}
