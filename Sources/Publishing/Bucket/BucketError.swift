/// Why a bucket did not do what it was asked.
public struct BucketError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, as far as what to do depends on it.
    public enum Reason: Sendable, Hashable {
        case noSuchBucket
        /// It knows who asks, and that may not do this.
        case denied(String)
        /// It does not believe who asks.
        case badCredentials(String)
        /// The region in which the bucket is, where the server says.
        case wrongRegion(String?)
        case wrongClock
        /// The upload of parts is not known any more.
        case noSuchUpload
        case unreachable(String)
        /// Any other refusal: status, code and message.
        case refused(UInt, String, String)
        case cancelled
    }

    public let reason: Reason
    /// `s3://bucket/prefix`.
    public let bucket: String
    /// Host and port.
    public let server: String

    /// Whether it may pass by itself.
    var isPassing: Bool {
        switch reason {
        case .unreachable: true
        case .refused(let status, let code, _):
            status == 429 || status >= 500 && status != 501 || ["RequestTimeout", "SlowDown", "InternalError"].contains(code)
        default: false
        }
    }

    public var description: String {
        let what = "\(bucket) at \(server)"
        return switch reason {
        case .noSuchBucket: "\(what): there is no such bucket: make it first, or check its name and --endpoint-url"
        case .denied(let code):
            "\(what): not allowed (\(code)): writing needs s3:PutObject, s3:GetObject, s3:ListBucket and s3:AbortMultipartUpload"
        case .badCredentials(let code):
            "\(what): the credentials are refused (\(code)): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, or --profile"
        case .wrongRegion(let region):
            "\(what): the bucket is in another region: \(region.map { "give --region \($0)" } ?? "give --region")"
        case .wrongClock: "\(what): this machine's clock is wrong: set it"
        case .noSuchUpload: "\(what): the upload was given up by somebody else: run it again"
        case .unreachable(let why): "\(what): \(why): check --endpoint-url, --region and the network"
        case .refused(let status, let code, let message):
            "\(what): status \(status)\(code.isEmpty ? "" : " \(code)")\(message.isEmpty ? "" : ": \(message)"): see the server's own log"
        case .cancelled: "\(what): cancelled"
        }
    }
}

extension BucketError.Reason {
    /// Sorts a refusal (S3, "Error responses"). A HEAD's has no body, so that only its status tells.
    init(status: UInt, answer: String, regionHeader: String?) {
        let code = XMLText.element("Code", of: answer) ?? ""
        switch (code, status) {
        case ("NoSuchBucket", _): self = .noSuchBucket
        case ("NoSuchUpload", _): self = .noSuchUpload
        case ("AuthorizationHeaderMalformed", _), ("PermanentRedirect", _), ("TemporaryRedirect", _),
            ("IllegalLocationConstraintException", _), ("", 301):
            self = .wrongRegion(regionHeader ?? XMLText.element("Region", of: answer))
        case ("RequestTimeTooSkewed", _): self = .wrongClock
        case ("InvalidAccessKeyId", _), ("SignatureDoesNotMatch", _), ("ExpiredToken", _), ("InvalidToken", _), ("TokenRefreshRequired", _):
            self = .badCredentials(code)
        case (_, 403): self = .denied(code.isEmpty ? "403" : code)
        case (_, 401): self = .badCredentials(code.isEmpty ? "401" : code)
        default: self = .refused(status, code, String((XMLText.element("Message", of: answer) ?? "").prefix(300)))
        }
    }
}
