public import Registry

/// How a bucket is named in a URL (the `s3.addressing_style` of the AWS tools).
public enum AddressingStyle: String, Sendable, CaseIterable {
    /// In the host's name at AWS, in the path elsewhere.
    case auto
    /// `https://host/bucket/key`.
    case path
    /// `https://bucket.host/key`.
    case virtual
}

/// Where a bucket answers.
public struct BucketEndpoint: Sendable, Hashable {
    /// Host and port as the `Host` header has them.
    let authority: String
    /// What stands before a key in the path: `/` or `/bucket/`.
    let base: String
    let scheme: OriginURL.Scheme
    let region: String
    let location: BucketLocation

    /// - Parameters:
    ///   - server: of a server that speaks S3; nil for AWS's own in that region.
    /// - Throws: when `server` has a path or a query.
    public init(_ location: BucketLocation, region: String, server: OriginURL?, style: AddressingStyle) throws(BucketEndpointError) {
        let suffix = region.hasPrefix("cn-") ? "amazonaws.com.cn" : "amazonaws.com"
        guard let url = server ?? OriginURL(parsing: "https://s3.\(region).\(suffix)") else { throw .region(region) }
        guard url.target == "/" else { throw .path(url.description) }
        // A certificate for *.s3.amazonaws.com does not cover further dots.
        let isVirtual = style == .virtual || style == .auto && server == nil && !location.bucket.contains(".")
        authority = isVirtual ? "\(location.bucket).\(url.authority)" : url.authority
        base = isVirtual ? "/" : "/\(location.bucket)/"
        scheme = url.scheme
        self.region = region
        self.location = location
    }

    /// The path of a key, encoded.
    func path(_ key: String) -> String { base + PercentCoding.encode(key, keepsSlashes: true) }

    /// What agents are given as the registry's URL.
    public var registryURL: String {
        let path = base + location.prefix
        return "\(scheme.rawValue)://\(authority)\(path.hasSuffix("/") ? String(path.dropLast()) : path)"
    }
}

/// Why there is no such endpoint.
public enum BucketEndpointError: Error, Sendable, Hashable, CustomStringConvertible {
    case path(String)
    case region(String)

    public var description: String {
        switch self {
        case .path(let url): "\(url): an S3 endpoint is a scheme, a host and perhaps a port, such as https://minio.example:9000"
        case .region(let region): "\"\(region)\" is not a region: write one such as eu-central-1"
        }
    }
}
