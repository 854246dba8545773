import Cryptography
import Swarm
import Testing

@testable import Publishing

/// Signatures by the examples of AWS ("Signature Calculations for the Authorization Header", Amazon S3 API Reference).
@Suite struct RequestSignerTests {
    static let signer = RequestSigner(
        credentials: AWSCredentials(
            accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), region: "us-east-1")
    /// 2013-05-24 00:00:00 UTC.
    static let date = AmazonDate(secondsSince1970: 1_369_353_600)
    static let emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

    struct Example: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let subject: RequestSigner.Subject
        let signedHeaders: String
        let signature: String
    }

    static let host = (name: "host", value: "examplebucket.s3.amazonaws.com")
    static let examples = [
        Example(
            testDescription: "GET Object",
            subject: .init(method: "GET", path: "/test.txt", headers: [host, ("range", "bytes=0-9")], bodyHash: emptyHash),
            signedHeaders: "host;range;x-amz-content-sha256;x-amz-date",
            signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
        Example(
            testDescription: "PUT Object",
            subject: .init(
                method: "PUT", path: "/test%24file.text",
                headers: [host, ("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
                bodyHash: Hex.encode(StreamingHash.digest(.sha256, of: Array("Welcome to Amazon S3.".utf8)))),
            signedHeaders: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
        Example(
            testDescription: "GET Bucket Lifecycle",
            subject: .init(method: "GET", path: "/", query: [("lifecycle", "")], headers: [host], bodyHash: emptyHash),
            signedHeaders: "host;x-amz-content-sha256;x-amz-date",
            signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
        Example(
            testDescription: "Get Bucket (List Objects)",
            subject: .init(method: "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")], headers: [host], bodyHash: emptyHash),
            signedHeaders: "host;x-amz-content-sha256;x-amz-date",
            signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
    ]

    @Test(arguments: examples) func signsAsPublished(example: Example) {
        let headers = Self.signer.headers(for: example.subject, at: Self.date)
        let expected =
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=\(example.signedHeaders),Signature=\(example.signature)"
        #expect(headers.first { $0.name == "authorization" }?.value == expected)
        #expect(headers.first { $0.name == "x-amz-date" }?.value == "20130524T000000Z")
    }

    @Test func sendsAndSignsTheToken() {
        let credentials = AWSCredentials(accessKeyID: "id", secretAccessKey: "secret-word", sessionToken: "lent")
        let signer = RequestSigner(credentials: credentials, region: "eu-west-1")
        let headers = signer.headers(for: .init(method: "GET", path: "/", headers: [Self.host], bodyHash: Self.emptyHash), at: Self.date)
        #expect(headers.contains { $0.name == "x-amz-security-token" && $0.value == "lent" })
        #expect(headers.last?.value.contains("x-amz-date;x-amz-security-token,") == true)
        #expect(!headers.contains { $0.value.contains("secret-word") })
        #expect("\(credentials) \(String(reflecting: credentials))".contains("secret-word") == false)
    }

    @Test(
        arguments: [
            (0, "19700101T000000Z"), (951_782_400, "20000229T000000Z"), (1_709_251_199, "20240229T235959Z"),
            (4_102_444_800, "21000101T000000Z"),
            (-1, "19691231T235959Z"),
        ] as [(Int, String)])
    func writesDates(seconds: Int, stamp: String) {
        let date = AmazonDate(secondsSince1970: seconds)
        #expect(date.stamp == stamp)
        #expect(date.day == stamp.prefix(8))
    }
}
