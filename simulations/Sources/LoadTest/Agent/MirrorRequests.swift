import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import NIOHTTP1
import NIOPosix
import Operations
import Swarm

/// Asks a mirror as containerd does, over connections that are kept.
struct MirrorRequests: Sendable {
    /// A manifest larger than this is refused by registries too (distribution-spec, "Pushing Manifests").
    private static let manifestLimitBytes: UInt64 = 4 << 20
    /// The media types that containerd asks for.
    private static let manifestTypes = [
        "application/vnd.docker.distribution.manifest.v2+json", "application/vnd.docker.distribution.manifest.list.v2+json",
        "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json", "*/*",
    ]

    /// A request that is cut off by the end of the run is an error if it was silent for so long.
    private static let longestSilence: Duration = .seconds(5)

    /// The mirror's URL, without a slash at the end.
    let mirror: String
    let image: Reference
    private let http: HTTPClient
    private let count: @Sendable (Int) -> Void

    init(mirror: String, image: Reference, http: HTTPClient, count: @escaping @Sendable (Int) -> Void) {
        self.mirror = mirror
        self.image = image
        self.http = http
        self.count = count
    }

    /// A client with room for so many connections to one mirror.
    static func client(connections: Int) -> HTTPClient {
        var settings = HTTPClient.Configuration(
            redirectConfiguration: .disallow, timeout: .init(connect: .seconds(5), read: .seconds(30)), decompression: .disabled)
        settings.httpVersion = .http1Only
        settings.connectionPool.retryConnectionEstablishment = false
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        // NIO's own bound of 64 KiB makes a large body a wake-up each, which would be this program's time instead of the mirror's.
        settings.http1_1ConnectionDebugInitializer = { channel in
            channel.setOption(.recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 65_536, maximum: 256 << 10))
        }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: settings)
    }

    /// What the reference's manifest is.
    func resolve() async throws(PullFailure) -> Digest {
        let path = path("manifests/\(image.target)")
        let answer = try await ask(.HEAD, path, types: Self.manifestTypes, hashing: nil, limitBytes: 0, keeps: false)
        if case .digest(let digest) = image.target { return digest }
        guard let text = answer.headers["Docker-Content-Digest"].first, let digest = try? Digest(parsing: text) else {
            throw .manifest("the answer to HEAD \(path) has no Docker-Content-Digest")
        }
        return digest
    }

    /// A manifest, verified.
    func manifest(_ digest: Digest) async throws(PullFailure) -> ImageManifest {
        let answer = try await ask(
            .GET, path("manifests/\(digest)"), types: Self.manifestTypes, hashing: digest.algorithm, limitBytes: Self.manifestLimitBytes,
            keeps: true)
        guard answer.digest == digest else { throw .bytes(digest) }
        return try ImageManifest(parsing: answer.kept.readableBytesView)
    }

    /// A blob, its size verified, and its digest if asked for.
    func blob(_ part: ImageManifest.Part, hashing: Bool) async throws(PullFailure) -> BodyReader.Answer {
        let answer = try await ask(
            .GET, path("blobs/\(part.digest)"), types: [], hashing: hashing ? part.digest.algorithm : nil, limitBytes: part.size,
            keeps: false)
        guard answer.bytes == part.size else { throw .size(part.digest, expected: part.size, received: answer.bytes) }
        guard !hashing || answer.digest == part.digest else { throw .bytes(part.digest) }
        return answer
    }

    private func path(_ rest: String) -> String {
        "/v2/\(image.repository)/\(rest)" + (image.registry.map { "?ns=\($0)" } ?? "")
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, types: [String], hashing: DigestAlgorithm?, limitBytes: UInt64, keeps: Bool
    ) async throws(PullFailure) -> BodyReader.Answer {
        let reader = BodyReader(path: path, hashing: hashing, limitBytes: max(limitBytes, 64 << 10), keeps: keeps, count: count)
        let answer: BodyReader.Answer
        do {
            let request = try HTTPClient.Request(
                url: mirror + path, method: method, headers: HTTPHeaders(types.map { ("Accept", $0) }))
            let task = http.execute(request: request, delegate: reader)
            answer = try await withTaskCancellationHandler {
                try await task.get()
            } onCancel: {
                task.cancel()
            }
        } catch {
            let failure = PullFailure(error, path: path)
            // The end of the run must not hide that nothing came any more.
            if case .cancelled = failure, reader.silence >= Self.longestSilence {
                throw .timeout("\(path): nothing had come for \(DurationText.of(reader.silence)) when the run ended")
            }
            throw failure
        }
        guard answer.isSuccess else { throw .status(answer.status, path: path, message: Self.message(answer.kept)) }
        return answer
    }

    /// What the mirror says is wrong (distribution-spec, "Error Codes").
    private static func message(_ body: ByteBuffer) -> String {
        struct Document: Decodable {
            struct Failure: Decodable {
                let message: String
            }

            let errors: [Failure]
        }
        let document = try? JSONDecoder().decode(Document.self, from: Data(body.readableBytesView))
        return (document?.errors ?? []).map(\.message).joined(separator: "; ")
    }
}
