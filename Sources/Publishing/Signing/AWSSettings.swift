/// What the environment and the files of the AWS tools say: `AWS_*`, `~/.aws/credentials` and `~/.aws/config`.
public struct AWSSettings: Sendable, Hashable {
    /// nil where nothing names any.
    public let credentials: AWSCredentials?
    public let region: String?
    public let endpointURL: String?

    /// No file of these tools is larger.
    static let fileLimitBytes = 1 << 20

    /// Reads them as those tools do: the environment first, unless a profile is asked for by name, then the profile.
    ///
    /// - Parameters:
    ///   - profile: asked for; else `AWS_PROFILE`, else `default`.
    ///   - read: a file's text; nil when there is none.
    /// - Throws: for a profile that was asked for and is nowhere, and for half a pair of keys.
    public init(
        environment: [String: String], profile asked: String?, read: (String) throws(AWSSettingsError) -> String?
    ) throws(AWSSettingsError) {
        func value(_ names: String...) -> String? { names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } }
        let name = asked ?? value("AWS_PROFILE") ?? "default"
        let home = environment["HOME"] ?? ""
        let secrets = ProfileFile(try read(value("AWS_SHARED_CREDENTIALS_FILE") ?? "\(home)/.aws/credentials") ?? "")
        let config = ProfileFile(try read(value("AWS_CONFIG_FILE") ?? "\(home)/.aws/config") ?? "")
        let isNamed = asked != nil || value("AWS_PROFILE") != nil
        guard !isNamed || secrets.has(name) || config.has(name) else { throw .noProfile(name) }
        func setting(_ key: String) -> String? { secrets.value(of: key, in: name) ?? config.value(of: key, in: name) }
        let fromEnvironment = (value("AWS_ACCESS_KEY_ID"), value("AWS_SECRET_ACCESS_KEY"))
        switch fromEnvironment {
        case (let id?, let secret?) where asked == nil:
            credentials = AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: value("AWS_SESSION_TOKEN"))
        case (.some, nil) where asked == nil: throw .half("AWS_SECRET_ACCESS_KEY")
        case (nil, .some) where asked == nil: throw .half("AWS_ACCESS_KEY_ID")
        default:
            switch (setting("aws_access_key_id"), setting("aws_secret_access_key")) {
            case (let id?, let secret?):
                credentials = AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: setting("aws_session_token"))
            case (nil, nil): credentials = nil
            case (_, nil): throw .half("aws_secret_access_key of profile \(name)")
            case (nil, _): throw .half("aws_access_key_id of profile \(name)")
            }
        }
        region = value("AWS_REGION", "AWS_DEFAULT_REGION") ?? setting("region")
        endpointURL = value("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL") ?? setting("endpoint_url")
    }
}

/// Why the settings of the AWS tools cannot be used.
public enum AWSSettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    case noProfile(String)
    case half(String)
    case unreadable(String, String)

    public var description: String {
        switch self {
        case .noProfile(let name): "there is no profile \"\(name)\" in ~/.aws/credentials or ~/.aws/config: check --profile or AWS_PROFILE"
        case .half(let missing): "the credentials are not whole: \(missing) is missing"
        case .unreadable(let path, let why): "\(path) cannot be read: \(why)"
        }
    }
}
