/// A place that becomes a static registry. Paths begin with `v2/`. What is written appears at once and whole, or not at all.
public protocol PublicationTarget: Sendable {
    /// Bytes of one part of a large file.
    var partBytes: Int { get }

    /// Called first: fails when nothing can be written.
    func open() async throws(PublishError)

    /// The size of what is at a path; nil when nothing is.
    func size(of path: String) async throws(PublishError) -> UInt64?

    /// Writes a manifest.
    func put(_ bytes: [UInt8], at path: String, mediaType: String) async throws(PublishError)

    /// Writes a blob from its file, part by part.
    /// - Parameter sent: told how many bytes more have been written.
    func put(_ file: VerifiedFile, at path: String, sent: @escaping @Sendable (Int) async -> Void) async throws(PublishError)

    /// Called when all but the tags is written.
    /// - Parameter types: the media type of each manifest's path, for servers that have to be told.
    func note(types: [String: String]) async throws(PublishError)
}
