import Registry
import Testing

@Suite struct ChallengeTests {
    @Test func readsDockerHub() throws {
        let header =
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/busybox:pull,push""#
        let challenge = try #require(Challenge.parse(header).first)
        #expect(challenge.scheme == "bearer")
        #expect(challenge.realm == "https://auth.docker.io/token")
        #expect(challenge.service == "registry.docker.io")
        #expect(challenge.scope == "repository:library/busybox:pull,push")
    }

    @Test(arguments: [
        (#"Basic realm="a \"b\" c""#, [Challenge(scheme: "basic", parameters: ["realm": #"a "b" c"#])]),
        ("Bearer realm=https://r.io/token", [Challenge(scheme: "bearer", parameters: ["realm": "https://r.io/token"])]),
        (
            #"Basic realm="x", Bearer realm="y",Service=z , , Negotiate"#,
            [
                Challenge(scheme: "basic", parameters: ["realm": "x"]),
                Challenge(scheme: "bearer", parameters: ["realm": "y", "service": "z"]),
                Challenge(scheme: "negotiate", parameters: [:]),
            ]
        ),
        (#"Bearer realm = "y" , realm="z""#, [Challenge(scheme: "bearer", parameters: ["realm": "y"])]),
        ("", []), (",,", []), (#"Bearer realm="unfinished"#, []), (#"Bearer realm="#, []), (#"="#, []),
    ])
    func reads(header: String, challenges: [Challenge]) {
        #expect(Challenge.parse(header) == challenges)
    }

    @Test func isBounded() {
        #expect(Challenge.parse("Bearer realm=" + String(repeating: "a", count: Challenge.limitBytes)).isEmpty)
    }
}
