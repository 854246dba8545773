/// The media types that decide how a manifest is read (image-spec, "media-types.md"; Docker's manifest v2 schema 1 and 2).
public enum MediaType {
    public static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    public static let ociIndex = "application/vnd.oci.image.index.v1+json"
    public static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    public static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    public static let dockerSchema1 = "application/vnd.docker.distribution.manifest.v1+prettyjws"
    public static let octetStream = "application/octet-stream"
    public static let json = "application/json"

    /// What an origin is asked for. Schema 1 is absent on purpose: Docker Hub converts to it when it is asked for. `*/*` admits
    /// artifacts of any media type.
    public static let manifestAccept = [dockerManifest, dockerList, ociManifest, ociIndex, "*/*"]

    /// Removes parameters: `text/html; charset=utf-8` is `text/html`. Clients compare content types byte by byte.
    public static func withoutParameters(_ contentType: some StringProtocol) -> String {
        let bare = contentType.prefix { $0 != ";" }
        return String(bare.filter { !$0.isWhitespace })
    }
}
