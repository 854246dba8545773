import Cryptography
import StorageTestSupport
import Swarm
import Testing

/// One-shot and streamed digests against NIST's examples (FIPS 180-4 example files and the SHAVS short messages).
@Suite struct KnownAnswerTests {
    struct Answer: Sendable {
        let algorithm: HashAlgorithm
        let message: [UInt8]
        let digest: String

        init(_ algorithm: HashAlgorithm, _ message: String, _ digest: String) {
            (self.algorithm, self.message, self.digest) = (algorithm, Array(message.utf8), digest)
        }
    }

    static let twoBlocks256 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"
    static let twoBlocks512 =
        "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu"

    static let answers = [
        Answer(.sha256, "", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        Answer(.sha256, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        Answer(.sha256, twoBlocks256, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
        Answer(
            .sha256, String(repeating: "a", count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        Answer(
            .sha512, "",
            "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
        ),
        Answer(
            .sha512, "abc",
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        Answer(
            .sha512, twoBlocks512,
            "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"
        ),
        Answer(
            .sha512, String(repeating: "a", count: 1_000_000),
            "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b"
        ),
    ]

    @Test(arguments: answers) func oneShot(_ answer: Answer) {
        #expect(hex(StreamingHash.digest(answer.algorithm, of: answer.message)) == answer.digest)
    }

    @Test(arguments: answers) func streamedInOddSteps(_ answer: Answer) {
        var generator = SeededGenerator(seed: 7)
        var hash = StreamingHash(answer.algorithm)
        var rest = answer.message[...]
        while !rest.isEmpty {
            let step = min(rest.count, Int.random(in: 1...40_000, using: &generator))
            hash.update(Array(rest.prefix(step)))
            rest = rest.dropFirst(step)
        }
        #expect(hex(hash.finalise()) == answer.digest)
    }

    /// The initial value is S_0 of every chain (FIPS 180-4, section 5.3).
    @Test func initialValues() throws {
        #expect(hex(try StreamingHash(.sha256).exportState()) == "6a09e667bb67ae853c6ef372a54ff53a510e527f9b05688c1f83d9ab5be0cd19")
        #expect(
            hex(try StreamingHash(.sha512).exportState())
                == "6a09e667f3bcc908bb67ae8584caa73b3c6ef372fe94f82ba54ff53a5f1d36f1510e527fade682d19b05688c2b3e6c1f1f83d9abfb41bd6b5be0cd19137e2179"
        )
    }

    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
