public import AsyncHTTPClient
import Cryptography
import Glibc
import NIOCore
import NIOHTTP1
import Registry
import Swarm

/// Signed requests to one bucket. What fails in a way that may pass is tried again, with pauses that double.
public struct BucketClient: Sendable {
    static let firstDelay: Duration = .milliseconds(200)
    static let longestDelay: Duration = .seconds(10)
    /// More than any answer that is read here has.
    static let answerLimitBytes = 1 << 20

    let endpoint: BucketEndpoint
    private let signer: RequestSigner
    private let http: HTTPClient

    /// - Parameter http: must neither follow redirects nor decompress.
    public init(_ endpoint: BucketEndpoint, credentials: AWSCredentials, http: HTTPClient) {
        self.endpoint = endpoint
        signer = RequestSigner(credentials: credentials, region: endpoint.region)
        self.http = http
    }

    struct Request: Sendable {
        let method: HTTPMethod
        let key: String
        var query: [(name: String, value: String)] = []
        var contentType: String?
        var body = ByteBuffer()
        /// SHA-256 of the body; the server verifies it too.
        var bodyHash = StreamingHash.digest(.sha256, of: [])
        /// A part of the largest size takes about as long at 1 Mbit/s.
        var timeout: TimeAmount = .minutes(60)
        /// How often it is made before it counts as failed.
        var attempts = 6
    }

    struct Answer: Sendable {
        let status: UInt
        let headers: HTTPHeaders
        let text: String
    }

    /// - Returns: the answer if its status is 2xx, or one of `expected`.
    func send(_ request: Request, expecting expected: Set<UInt> = []) async throws(BucketError) -> Answer {
        var attempt = 0
        while true {
            let failure: BucketError
            do throws(BucketError) {
                let answer = try await once(request)
                if (200..<300).contains(answer.status) || expected.contains(answer.status) { return answer }
                failure = error(
                    .init(status: answer.status, answer: answer.text, regionHeader: answer.headers.first(name: "x-amz-bucket-region")))
            } catch {
                failure = error
            }
            attempt += 1
            guard failure.isPassing, attempt < request.attempts else { throw failure }
            do {
                // Anything up to a bound that doubles (Brooker, "Exponential Backoff And Jitter", AWS 2015).
                try await Task.sleep(for: min(Self.longestDelay, Self.firstDelay * (1 << attempt)) * Double.random(in: 0..<1))
            } catch {
                throw self.error(.cancelled)
            }
        }
    }

    func error(_ reason: BucketError.Reason) -> BucketError {
        BucketError(reason: reason, bucket: endpoint.location.description, server: endpoint.authority)
    }

    private func once(_ request: Request) async throws(BucketError) -> Answer {
        let path = endpoint.path(request.key)
        var subject = RequestSigner.Subject(
            method: request.method.rawValue, path: path, query: request.query, headers: [("host", endpoint.authority)],
            bodyHash: Hex.encode(request.bodyHash))
        if let type = request.contentType { subject.headers.append(("content-type", type)) }
        let query = RequestSigner.canonical(request.query)
        var outgoing = HTTPClientRequest(
            url: "\(endpoint.scheme.rawValue)://\(endpoint.authority)\(path)\(query.isEmpty ? "" : "?\(query)")")
        outgoing.method = request.method
        for (name, value) in subject.headers where name != "host" { outgoing.headers.add(name: name, value: value) }
        for (name, value) in signer.headers(for: subject, at: AmazonDate(secondsSince1970: time(nil))) {
            outgoing.headers.add(name: name, value: value)
        }
        if request.method != .GET, request.method != .HEAD, request.method != .DELETE { outgoing.body = .bytes(request.body) }
        do {
            let response = try await http.execute(outgoing, deadline: .now() + request.timeout)
            let body = request.method == .HEAD ? ByteBuffer() : try await response.body.collect(upTo: Self.answerLimitBytes)
            return Answer(status: response.status.code, headers: response.headers, text: String(buffer: body))
        } catch is CancellationError {
            throw error(.cancelled)
        } catch let failure as HTTPClientError where failure == .cancelled {
            throw error(.cancelled)
        } catch let failure {
            throw error(.unreachable(HTTPFailure.explain(failure)))
        }
    }
}
