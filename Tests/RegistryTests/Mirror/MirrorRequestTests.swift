import Registry
import Swarm
import Testing

@Suite struct MirrorRequestTests {
    @Test(
        arguments: [
            ("/v2", .ping, "", nil, nil),
            ("/v2/", .ping, "", nil, nil),
            ("/v2/?ns=docker.io", .ping, "", "docker.io", nil),
            ("/v2/busybox/manifests/latest", .manifest(.tag("latest")), "busybox", nil, nil),
            ("/v2/library/busybox/manifests/1.36-musl?ns=docker.io", .manifest(.tag("1.36-musl")), "library/busybox", "docker.io", nil),
            ("/v2/a/b/c/d/manifests/\(SampleDigest.a)", .manifest(.digest(SampleDigest.a)), "a/b/c/d", nil, nil),
            ("/v2/ghcr.io/org/app/blobs/\(SampleDigest.a)", .blob(SampleDigest.a), "ghcr.io/org/app", nil, nil),
            ("/v2/localhost:5000/app/blobs/\(SampleDigest.sha512)", .blob(SampleDigest.sha512), "localhost:5000/app", nil, nil),
            ("/v2/app/blobs/sha256%3A\(SampleDigest.a.hex)?ns=127.0.0.1%3a5001", .blob(SampleDigest.a), "app", "127.0.0.1:5001", nil),
            ("/v2/app/tags/list?n=2&last=b&ns=ghcr.io", .tags, "app", "ghcr.io", "n=2&last=b"),
            ("/v2/app/tags/list?", .tags, "app", nil, nil),
            ("/v2/tags/tags/list", .tags, "tags", nil, nil),
            ("/v2/manifests/manifests/manifests", .manifest(.tag("manifests")), "manifests", nil, nil),
            ("/v2/app/referrers/\(SampleDigest.b)?artifactType=a%2Fb", .referrers(SampleDigest.b), "app", nil, "artifactType=a%2Fb"),
            ("/v2/app/manifests/x?ns=&ns=a.io&ns=b.io", .manifest(.tag("x")), "app", "a.io", nil),
        ] as [(String, MirrorRequest.Endpoint, String, String?, String?)])
    func parses(target: String, endpoint: MirrorRequest.Endpoint, path: String, namespace: String?, query: String?) throws {
        let request = try MirrorRequest(parsing: target)
        #expect(request.endpoint == endpoint)
        #expect(request.path == path)
        #expect(request.namespace == namespace)
        #expect(request.query == query)
    }

    @Test(arguments: [
        "", "/", "/v1/_ping", "/v2x", "/v2/_catalog", "/v2/app", "/v2/app/manifests", "/v2/app/tags/other", "/v2/app/blobs/uploads/x",
        "v2/",
        "//v2/app/manifests/x", "/v2/manifests/latest", "/healthz",
    ])
    func knowsNoOtherEndpoint(target: String) {
        #expect(throws: MirrorRequestError.noSuchEndpoint) { try MirrorRequest(parsing: target) }
    }

    @Test(arguments: [
        "/v2/../etc/manifests/x", "/v2/a/../b/manifests/x", "/v2/a//manifests/x", "/v2//manifests/x", "/v2/A/manifests/x",
        "/v2/a%2Fb/manifests/x%00",
        "/v2/a%2/manifests/x", "/v2/a/manifests/%zz", "/v2/a%2e%2e/manifests/x", "/v2/%2e%2e/a/manifests/x", "/v2/\u{e9}/manifests/x",
        "/v2/%c3%28/manifests/x", "/v2/a/manifests/-x", "/v2/a/manifests/..", "/v2/a/manifests/", "/v2/a/blobs/x", "/v2/a/blobs/",
        "/v2/app/blobs/sha256:baddigeststring", "/v2/app/blobs/md5:00", "/v2/app/manifests/sha256:zz", "/v2/a/manifests/x?ns=a%20b",
        "/v2/a/manifests/x?ns=%zz", "/v2/a/manifests/x?ns=a/b", "/v2/ghcr.io/manifests/../x", "/v2/a:1:2/app/manifests/x",
        "/v2/\(String(repeating: "a", count: 256))/manifests/x", "/v2/a/manifests/\(String(repeating: "a", count: 129))",
        "/v2/" + String(repeating: "a/", count: 3000) + "manifests/x", "/v2/a b/manifests/x",
    ])
    func refuses(target: String) {
        #expect(throws: MirrorRequestError.self) { try MirrorRequest(parsing: target) }
    }

    @Test(
        arguments: [
            (#"</v2/library/app/tags/list?last=b&n=2>; rel="next""#, nil, #"</v2/app/tags/list?last=b&n=2>; rel="next""#),
            (
                #"<https://r.example/v2/x/tags/list?last=b>; rel="next", <y?z>"#, "a.io:1",
                #"</v2/app/tags/list?last=b&ns=a.io%3A1>; rel="next""#
            ),
            ("</v2/x/tags/list>; rel=next", nil, nil), ("", nil, nil), ("<", nil, nil), ("<?>", nil, nil), ("x?y", nil, nil),
            ("<?a\r\nb>", nil, nil),
        ] as [(String, String?, String?)])
    func rewritesLinks(link: String, namespace: String?, expected: String?) {
        #expect(PageLink.rewrite(link, path: "/v2/app/tags/list", namespace: namespace) == expected)
    }
}
