import HTTPTypes

/// Header fields of the registry protocol.
extension HTTPField.Name {
    static let dockerContentDigest = constant("Docker-Content-Digest")
    static let dockerVersion = constant("Docker-Distribution-Api-Version")
    static let ociNamespace = constant("OCI-Namespace")
    static let ociFiltersApplied = constant("OCI-Filters-Applied")
    static let link = constant("Link")
    static let via = constant("Via")

    private static func constant(_ name: String) -> HTTPField.Name {
        guard let field = HTTPField.Name(name) else { preconditionFailure("\(name) is not a header name") }
        return field
    }
}
