/// One `--registry NAME=URL`: the URL under whose `/v2/` the registry NAME is to be found.
public struct RegistryEndpoint: Sendable, Hashable, CustomStringConvertible {
    /// Canonical, lower case: `docker.io`, `registry.example:5000`.
    public let name: String
    public let url: OriginURL

    /// Parses `NAME=URL`, such as `docker.io=http://127.0.0.1:5001` or `ghcr.io=https://proxy.example/ghcr`.
    public init(parsing text: String) throws(RegistryEndpointError) {
        guard let equals = text.firstIndex(of: "=") else { throw .missingEquals(text) }
        let name = text[..<equals]
        guard RegistryDirectory.isName(name) else { throw .malformedName(String(name)) }
        let address = String(text[text.index(after: equals)...])
        guard let url = OriginURL(parsing: address), !url.target.contains("?") else {
            throw .malformedURL(name: String(name), url: address)
        }
        self.name = RegistryDirectory.canonicalName(name)
        self.url = url
    }

    public var description: String { "\(name)=\(url)" }
}

/// Why a text is not `NAME=URL`.
public enum RegistryEndpointError: Error, Equatable, CustomStringConvertible {
    case missingEquals(String)
    case malformedName(String)
    case malformedURL(name: String, url: String)
    case duplicate(String)
    case tooMany(String)
    /// An option that one registry is given twice.
    case duplicateOption(String, String)

    public var description: String {
        switch self {
        case .missingEquals(let text): "registry \"\(text)\" has no \"=\": write NAME=URL, such as docker.io=http://127.0.0.1:5001"
        case .malformedName(let name):
            "\"\(name)\" is not a registry name: write a host and perhaps a port, such as docker.io or localhost:5000"
        case .malformedURL(let name, let url):
            "registry \(name): \"\(url)\" is not a URL: write http:// or https://, a host, perhaps a port and a path, nothing else"
        case .duplicate(let name): "registry \(name) is given the same URL twice: keep one"
        case .tooMany(let name): "registry \(name) is given more than \(RegistrySettings.endpointLimit) URLs: keep those that matter"
        case .duplicateOption(let option, let name): "registry \(name) is given --\(option) twice: keep one"
        }
    }
}
