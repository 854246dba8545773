import Cryptography
import Registry
import Swarm

/// Signs requests to S3 (AWS, "Signature Version 4", with S3's own rule that a path is encoded once).
struct RequestSigner: Sendable {
    let credentials: AWSCredentials
    let region: String
    let service = "s3"

    /// What is signed of a request.
    struct Subject: Sendable {
        var method: String
        /// Percent-encoded, as it is sent.
        var path: String
        /// Names and values, not encoded.
        var query: [(name: String, value: String)] = []
        /// Names in lower case, `host` among them.
        var headers: [(name: String, value: String)]
        /// SHA-256 of the body, in hex.
        var bodyHash: String
    }

    /// All headers that the request is to have beside its own: date, hash of the body, token, and the signature of everything.
    func headers(for subject: Subject, at date: AmazonDate) -> [(name: String, value: String)] {
        var added = [("x-amz-content-sha256", subject.bodyHash), ("x-amz-date", date.stamp)]
        if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }
        let signed = (subject.headers + added.map { (name: $0.0, value: $0.1) }).sorted { $0.name < $1.name }
        let names = signed.map(\.name).joined(separator: ";")
        let canonical = [
            subject.method, subject.path, Self.canonical(subject.query),
            signed.map { "\($0.name):\(Self.trimmed($0.value))\n" }.joined(), names, subject.bodyHash,
        ].joined(separator: "\n")
        let scope = "\(date.day)/\(region)/\(service)/aws4_request"
        let toSign = ["AWS4-HMAC-SHA256", date.stamp, scope, Hex.encode(StreamingHash.digest(.sha256, of: Array(canonical.utf8)))]
            .joined(separator: "\n")
        let signature = Hex.encode(MessageCode.sha256(key: key(date), Array(toSign.utf8)))
        let authorization =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope),SignedHeaders=\(names),Signature=\(signature)"
        return added.map { (name: $0.0, value: $0.1) } + [(name: "authorization", value: authorization)]
    }

    private func key(_ date: AmazonDate) -> [UInt8] {
        [date.day, region, service, "aws4_request"].reduce(Array("AWS4\(credentials.secretAccessKey)".utf8)) { key, part in
            MessageCode.sha256(key: key, Array(part.utf8))
        }
    }

    /// Names and values encoded, in the order of the encoded names; also what is sent after the question mark.
    static func canonical(_ query: [(name: String, value: String)]) -> String {
        query.map { (PercentCoding.encode($0.name), PercentCoding.encode($0.value)) }.sorted { $0 < $1 }.map { "\($0.0)=\($0.1)" }
            .joined(separator: "&")
    }

    private static func trimmed(_ value: String) -> String {
        value.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
}
