import Testing

@testable import Registry

@Suite struct SecretTests {
    @Test(
        arguments: [
            .password(username: "robot", Secret("hunter2")), .identityToken(Secret("hunter2"), username: ""),
            .registryToken(Secret("hunter2")),
        ] as [Credential])
    func nothingPrintsIt(credential: Credential) {
        var dumped = ""
        dump(credential, to: &dumped)
        let authorization = Authorization(header: Secret("hunter2"), credential: credential, token: nil)
        let key = TokenCache.Key(server: "s", scope: "s", credential: credential)
        dump(authorization, to: &dumped)
        for text in [dumped, "\(credential) \(authorization) \(key)", String(reflecting: credential), String(reflecting: authorization)] {
            #expect(!text.contains("hunter2"))
        }
    }

    @Test func basicIsNameAndPassword() {
        let credential = Credential.password(username: "Aladdin", Secret("open sesame"))
        #expect(credential.basic?.revealed == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
        #expect(Credential.registryToken(Secret("t")).basic == nil)
    }
}
