import Registry

extension FuzzTarget {
    /// Everything that clients of the mirror and origins send.
    static let registry: [FuzzTarget] = [
        text("request-target") { target in _ = try? MirrorRequest(parsing: target) },
        text("range") { header in
            guard let range = ByteRange(parsing: header) else { return }
            for size: UInt64 in [0, 1, 1000, .max] {
                guard case .part(let part) = range.selection(ofSize: size) else { continue }
                precondition(!part.isEmpty && part.upperBound <= size, "\(range) selects \(part) of \(size) bytes")
            }
        },
        text("content-range") { header in
            guard let range = ContentRange(parsing: header) else { return }
            precondition(ContentRange(parsing: range.description) == range, "\(range) changes when it is printed and read")
        },
        text("challenge") { header in _ = Challenge.parse(header) },
        text("origin-url") { text in
            guard let url = OriginURL(parsing: text) else { return }
            precondition(OriginURL(parsing: url.description) == url, "\(url) changes when it is printed and read")
        },
        text("page-link") { link in _ = PageLink.rewrite(link, path: "/v2/a/tags/list", namespace: "a.example") },
        FuzzTarget(name: "manifest") { bytes in _ = try? Manifest(parsing: bytes) },
    ]

    private static func text(_ name: String, _ run: @escaping @Sendable (String) -> Void) -> FuzzTarget {
        FuzzTarget(name: name) { bytes in run(String(decoding: bytes, as: UTF8.self)) }
    }
}
