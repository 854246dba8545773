import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import NIOCore
import Operations
import Publishing
import Registry
import Swarm

/// Where an image is published, and as what.
struct PublishGoal {
    enum Place {
        case bucket(BucketEndpoint, AWSCredentials)
        case directory(String)
    }

    let place: Place
    let repository: String
    let tag: String
    private let partBytes: Int
    private let parallel: Int

    /// - Throws: `ValidationError` for what cannot be meant.
    init(_ command: PublishCommand, _ image: LayoutImage) throws {
        (repository, tag) = try Self.names(command, image)
        partBytes = Int(command.partSize.bytes)
        parallel = command.parallel
        if let location = BucketLocation(parsing: command.to) {
            place = try Self.bucket(location, command)
        } else if command.to.contains("://") {
            throw ValidationError("--to \(command.to): write s3://BUCKET or s3://BUCKET/PREFIX, or a directory")
        } else {
            guard command.endpointUrl == nil, command.region == nil, command.profile == nil else {
                throw ValidationError("--endpoint-url, --region and --profile are for buckets, but --to \(command.to) is a directory")
            }
            place = .directory(command.to)
        }
    }

    /// Runs `body` with the place open.
    func with<Result: Sendable>(_ body: (any PublicationTarget) async throws -> Result) async throws -> Result {
        switch place {
        case .directory(let path): return try await body(DirectoryTarget(path, partBytes: partBytes))
        case .bucket(let endpoint, let credentials):
            return try await CommandHTTP.with(idleTimeout: .seconds(60), connections: parallel + Self.otherConnections) { http in
                let client = BucketClient(endpoint, credentials: credentials, http: http)
                return try await body(BucketTarget(client, partBytes: partBytes, parallel: parallel))
            }
        }
    }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory
    }

    /// For what is asked beside the parts.
    private static let otherConnections = 8

    /// What the layout calls an image is a tag, or all of a reference.
    private static func names(_ command: PublishCommand, _ image: LayoutImage) throws -> (repository: String, tag: String) {
        var (repository, tag): (String?, String?)
        if let name = image.name {
            if Reference.isTag(name) {
                tag = name
            } else if let reference = try? Reference(parsing: name) {
                repository = reference.repository
                if case .tag(let named) = reference.target { tag = named }
            }
        }
        let folder = URL(filePath: image.directory).standardized.lastPathComponent
        let chosen = command.name ?? repository ?? folder
        guard Reference.isRepository(chosen) else {
            throw ValidationError(
                "\"\(chosen)\" cannot be a repository: give --name, of lower-case letters, digits, and . _ - / between them")
        }
        let chosenTag = command.tag ?? tag ?? "latest"
        guard Reference.isTag(chosenTag) else {
            throw ValidationError("--tag \(chosenTag): use letters, digits, and . _ - after the first, at most 128")
        }
        return (chosen, chosenTag)
    }

    private static func bucket(_ location: BucketLocation, _ command: PublishCommand) throws -> Place {
        let settings = try AWSSettings(environment: ProcessInfo.processInfo.environment, profile: command.profile) {
            (path) throws(AWSSettingsError) in
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            do {
                return String(decoding: try FileReader(path: path).read(limitBytes: 1 << 20), as: UTF8.self)
            } catch {
                throw AWSSettingsError.unreadable(path, "\(error)")
            }
        }
        guard let credentials = settings.credentials else {
            throw ValidationError(
                "no credentials for \(location): set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or write them to ~/.aws/credentials")
        }
        var server: OriginURL?
        if let text = command.endpointUrl ?? settings.endpointURL {
            guard let url = OriginURL(parsing: text) else {
                throw ValidationError("\"\(text)\" is not a URL: write http:// or https://, a host, perhaps a port")
            }
            server = url
        }
        let region = command.region ?? settings.region ?? "us-east-1"
        return .bucket(try BucketEndpoint(location, region: region, server: server, style: command.addressingStyle), credentials)
    }
}
