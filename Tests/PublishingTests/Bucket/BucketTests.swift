import Registry
import Testing

@testable import Publishing

/// Names, URLs and refusals of buckets.
@Suite struct BucketTests {
    @Test(
        arguments: [
            ("s3://images", "images", ""), ("s3://images/", "images", ""), ("s3://my.images-2/prod/eu/", "my.images-2", "prod/eu"),
            ("s3://abc//x", "abc", "x"),
        ]) func parses(text: String, bucket: String, prefix: String) throws
    {
        let location = try #require(BucketLocation(parsing: text))
        #expect(location.bucket == bucket)
        #expect(location.prefix == prefix)
        #expect(location.key("v2/") == (prefix.isEmpty ? "v2/" : "\(prefix)/v2/"))
    }

    @Test(
        arguments: [
            "", "images", "s3://", "s3://ab", "s3://Images", "s3://a..b", "s3://-ab", "s3://images/a b", "s3://images/../x",
            "s3://images/ü",
            "s3://images/x?y", "http://images", "s3://\(String(repeating: "a", count: 64))",
        ]) func refuses(text: String)
    {
        #expect(BucketLocation(parsing: text) == nil)
    }

    @Test(
        arguments: [
            ("s3://images/p", nil, AddressingStyle.auto, "https://images.s3.eu-west-1.amazonaws.com/p"),
            ("s3://my.images/p", nil, .auto, "https://s3.eu-west-1.amazonaws.com/my.images/p"),
            ("s3://images", nil, .path, "https://s3.eu-west-1.amazonaws.com/images"),
            ("s3://images/p", "http://127.0.0.1:9000", .auto, "http://127.0.0.1:9000/images/p"),
            ("s3://images", "https://minio.example/", .virtual, "https://images.minio.example"),
        ] as [(String, String?, AddressingStyle, String)])
    func isFound(location: String, server: String?, style: AddressingStyle, url: String) throws {
        let location = try #require(BucketLocation(parsing: location))
        let server = try server.map { try #require(OriginURL(parsing: $0)) }
        let endpoint = try BucketEndpoint(location, region: "eu-west-1", server: server, style: style)
        #expect(endpoint.registryURL == url)
        let isInHost = url.contains("//images.")
        #expect(endpoint.path("v2/a/blobs/sha256:ab") == "\(isInHost ? "" : "/\(location.bucket)")/v2/a/blobs/sha256%3Aab")
    }

    @Test func endpointsHaveNoPath() throws {
        let location = try #require(BucketLocation(parsing: "s3://images"))
        let server = try #require(OriginURL(parsing: "https://minio.example/s3"))
        #expect(throws: BucketEndpointError.path("https://minio.example/s3")) {
            try BucketEndpoint(location, region: "x", server: server, style: .auto)
        }
    }

    @Test(
        arguments: [
            (404, "<Error><Code>NoSuchBucket</Code></Error>", nil, BucketError.Reason.noSuchBucket, false),
            (404, "<Error><Code>NoSuchUpload</Code></Error>", nil, .noSuchUpload, false),
            (403, "<Error><Code>AccessDenied</Code></Error>", nil, .denied("AccessDenied"), false),
            (403, "", nil, .denied("403"), false),
            (403, "<Error><Code>SignatureDoesNotMatch</Code></Error>", nil, .badCredentials("SignatureDoesNotMatch"), false),
            (403, "<Error><Code>RequestTimeTooSkewed</Code></Error>", nil, .wrongClock, false),
            (
                400, "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-3</Region></Error>", nil, .wrongRegion("eu-west-3"),
                false
            ),
            (301, "<Error><Code>PermanentRedirect</Code></Error>", "eu-west-1", .wrongRegion("eu-west-1"), false),
            (301, "", nil, .wrongRegion(nil), false),
            (
                503, "<Error><Code>SlowDown</Code><Message>Please &lt;reduce&gt;</Message></Error>", nil,
                .refused(503, "SlowDown", "Please <reduce>"), true
            ),
            (400, "<Error><Code>RequestTimeout</Code></Error>", nil, .refused(400, "RequestTimeout", ""), true),
            (500, "not XML <Code>", nil, .refused(500, "", ""), true),
            (429, "", nil, .refused(429, "", ""), true),
            (400, "<Code><b>x</b></Code>", nil, .refused(400, "", ""), false),
            (501, "", nil, .refused(501, "", ""), false),
        ] as [(UInt, String, String?, BucketError.Reason, Bool)])
    func sortsRefusals(status: UInt, answer: String, region: String?, reason: BucketError.Reason, mayPass: Bool) {
        let found = BucketError.Reason(status: status, answer: answer, regionHeader: region)
        #expect(found == reason)
        let error = BucketError(reason: found, bucket: "s3://images", server: "minio.example")
        #expect(error.isPassing == mayPass)
        #expect(error.description.hasPrefix("s3://images at minio.example: "))
    }
}
