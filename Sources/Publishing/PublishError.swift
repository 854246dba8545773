public import Swarm

/// Why an image was not published, as one line that names the thing and what to do.
public enum PublishError: Error, Sendable, Hashable, CustomStringConvertible {
    case notALayout(String, String)
    case noImage(String, wanted: String?, available: [String])
    case missing(Digest, String)
    case wrongSize(Digest, String, expected: UInt64, actual: UInt64)
    case wrongBytes(Digest, String)
    case changed(String)
    case manifest(Digest, String)
    case unreadable(String, String)
    case unwritable(String, String)
    case diskFull(String)
    case busy(String)
    case bucket(BucketError)
    case cancelled

    public var description: String {
        switch self {
        case .notALayout(let path, let why):
            "\(path) is not an OCI image layout: \(why): make one with `shoal pull -o DIR` or `skopeo copy docker://IMAGE oci:DIR:TAG`"
        case .noImage(let path, let wanted?, let available):
            "\(path) has no image \"\(wanted)\": it has \(available.isEmpty ? "none with a name" : available.joined(separator: ", "))"
        case .noImage(let path, nil, let available):
            available.isEmpty
                ? "\(path) has no image"
                : "\(path) has several images: choose one with \(path):NAME of \(available.joined(separator: ", "))"
        case .missing(let digest, let path):
            "\(path) is missing, but the image names \(digest.short): copy all its platforms (skopeo copy --all)"
        case .wrongSize(let digest, let path, let expected, let actual):
            "\(path) has \(actual) bytes where \(digest.short) has \(expected): copy the image into a new layout"
        case .wrongBytes(let digest, let path): "\(path) does not hash to \(digest.short): copy the image into a new layout"
        case .changed(let path): "\(path) was changed while it was read: run it again when nobody writes there"
        case .manifest(let digest, let why): "manifest \(digest.short): \(why)"
        case .unreadable(let path, let why): "\(path) cannot be read: \(why)"
        case .unwritable(let path, let why): "\(path) cannot be written: \(why): choose another directory with --to"
        case .diskFull(let path): "\(path) cannot be written: the disk is full: make room, or choose another directory with --to"
        case .busy(let path): "somebody else publishes to \(path) now: wait for that to end"
        case .bucket(let error): error.description
        case .cancelled: "interrupted: run it again, and what is there already is not sent again"
        }
    }

    /// Runs what speaks to a bucket.
    static func ofBucket<Result>(_ body: () async throws(BucketError) -> Result) async throws(PublishError) -> Result {
        do {
            return try await body()
        } catch {
            throw error.reason == .cancelled ? .cancelled : .bucket(error)
        }
    }

    /// Does something for each element, so many at a time.
    /// - Throws: the first failure, when what was under way has ended.
    static func inGroup<Elements: Collection, Result: Sendable>(
        atMost limit: Int, _ elements: Elements, _ body: @escaping @Sendable (Elements.Element) async throws(PublishError) -> Result
    ) async throws(PublishError) -> [Result] where Elements.Element: Sendable {
        do {
            return try await withThrowingTaskGroup(of: Result.self) { group in
                var results: [Result] = []
                for (count, element) in elements.enumerated() {
                    if count >= limit, let result = try await group.next() { results.append(result) }
                    group.addTask { try await body(element) }
                }
                for try await result in group { results.append(result) }
                return results
            }
        } catch {
            throw error as? PublishError ?? .cancelled
        }
    }
}
