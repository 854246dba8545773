import Swarm

/// What clients and origins say in HTTP: request paths and the headers that the mirror reads. The Registry files under test are
/// compiled into this module.
enum Target: FuzzTarget {
    static var seeds: [[UInt8]] {
        let digest = Samples.digests[0].description
        let paths = [
            "/v2/", "/v2/library/busybox/manifests/latest?ns=docker.io", "/v2/ghcr.io/org/app/blobs/\(digest)",
            "/v2/a/b/manifests/\(digest)", "/v2/a/tags/list?n=10&last=x", "/v2/a/referrers/\(digest)?artifactType=x",
            "/v2/localhost%3A5000/a/manifests/v1",
        ]
        let ranges = ["bytes=0-499", "bytes=500-", "bytes=-500", "bytes=0-0,-1", "bytes= 1 - 2", "bytes=18446744073709551615-"]
        let contentRanges = ["bytes 0-499/1234", "bytes */1234", "bytes 42-1233/*", "bytes 0-18446744073709551614/18446744073709551615"]
        let challenges = [
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:a/b:pull""#,
            #"Basic realm="a\"b", Bearer realm=x,error="invalid_token""#,
        ]
        let links = ["</v2/a/tags/list?last=x&n=10>; rel=\"next\"", "<https://r.example/v2/a/tags/list?n=1>; rel=next"]
        let urls = ["http://127.0.0.1:5001", "https://[::1]:443/prefix/?a=b#c", "HTTPS://Host.Example/"]
        return paths.map { seed(0, $0) } + ranges.map { seed(1, $0) } + contentRanges.map { seed(2, $0) } + challenges.map { seed(3, $0) }
            + links.map { seed(4, $0) } + urls.map { seed(5, $0) } + urls.map { seed(6, "docker.io=\($0)") }
    }

    static func run(_ bytes: [UInt8]) {
        guard let choice = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch choice % 7 {
        case 0:
            guard let request = try? MirrorRequest(parsing: text) else { return }
            precondition(request.path.utf8.count <= MirrorRequest.limitBytes && !request.path.split(separator: "/").contains(".."))
        case 1: range(text)
        case 2:
            guard let range = ContentRange(parsing: text) else { return }
            precondition(ContentRange(parsing: range.description) == range, "a Content-Range reads back")
        case 3:
            for challenge in Challenge.parse(text) { precondition(!challenge.scheme.isEmpty) }
        case 4:
            guard let link = PageLink.rewrite(text, path: "library/busybox", namespace: "docker.io") else { return }
            precondition(link.utf8.allSatisfy { (0x20...0x7e).contains($0) }, "a header holds no control characters")
        case 5:
            guard let url = OriginURL(parsing: text) else { return }
            precondition(OriginURL(parsing: url.description) == url, "a URL reads back: \(url)")
            _ = url.resolving("/x")
            _ = OriginURL(parsing: "https://h.example/a/b")?.resolving(text)
        default:
            guard let endpoint = try? RegistryEndpoint(parsing: text) else { return }
            precondition((try? RegistryEndpoint(parsing: endpoint.description)) == endpoint, "NAME=URL reads back: \(endpoint)")
        }
    }

    private static func range(_ text: String) {
        guard let header = ByteRange(parsing: text) else { return }
        for size: UInt64 in [0, 1, 1000, 1 << 40, .max] {
            guard case .part(let range) = header.selection(ofSize: size) else { continue }
            precondition(!range.isEmpty && range.upperBound <= size, "a selection lies in the blob")
            precondition(ByteRange(parsing: ByteRange.header(for: range))?.selection(ofSize: size) == .part(range), "and reads back")
        }
    }
}
