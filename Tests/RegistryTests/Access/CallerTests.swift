import Testing

@testable import Registry

/// Who asks, as far as a header says, and what a client is told to send.
@Suite struct CallerTests {
    @Test(
        arguments: [
            ("Basic cm9ib3Q6c2VjcmV0", .password(username: "robot", Secret("secret"))),
            ("basic  cm9ib3Q6c2VjOnJldA", .password(username: "robot", Secret("sec:ret"))),
            ("Bearer abc.def", .registryToken(Secret("abc.def"))),
            ("bearer abc", .registryToken(Secret("abc"))),
            // What skopeo sends that has nothing to send.
            ("Basic Og==", nil), ("Basic", nil), ("Basic !", nil), ("Basic cm9ib3Q=", nil), ("Bearer ", nil), ("Bearer a b", nil),
            ("Negotiate abc", nil), ("", nil), (nil, nil), ("Bearer " + String(repeating: "a", count: 20_000), nil),
        ] as [(String?, Credential?)])
    func readsAuthorization(header: String?, credential: Credential?) {
        #expect(Caller(authorization: header, hash: SampleDigest.of)?.credential == credential)
    }

    @Test func tellsCallersApart() {
        let headers = ["Bearer a", "Bearer b", "Basic YTpi", "Basic YTpj"]
        #expect(Set(headers.compactMap { Caller(authorization: $0, hash: SampleDigest.of)?.fingerprint }).count == headers.count)
    }

    @Test(arguments: [
        (
            #"Bearer realm="https://a/token",service="s",scope="repository:a:pull",error="invalid_token""#,
            #"Bearer realm="https://a/token",scope="repository:a:pull",service="s""#
        ),
        (#"basic realm="a \"b\" \\""#, #"Basic realm="a \"b\" \\""#),
    ])
    func writesChallenges(header: String, expected: String) {
        let written = Challenge.parse(header).first?.description
        #expect(written == expected)
    }
}
