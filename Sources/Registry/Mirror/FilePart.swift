import NIOCore
import Swarm

/// Bytes of a file on their way to a client by sendfile(2). The connection may send them as long as this object is there.
final class FilePart: Sendable {
    private let digest: Digest
    private let file: any BlobFile
    private let range: Range<UInt64>
    private let handle: NIOFileHandle

    /// - Throws: `ContentError` when the file does not have the bytes any more.
    init(_ digest: Digest, _ file: any BlobFile, _ range: Range<UInt64>) throws(ContentError) {
        (self.digest, self.file, self.range) = (digest, file, range)
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: file.descriptor)
        if let cutOff { throw cutOff }
    }

    deinit {
        // The descriptor is the file's, and closes with it.
        _ = try? handle.takeDescriptorOwnership()
    }

    var count: Int { range.count }

    var region: FileRegion {
        FileRegion(fileHandle: handle, readerIndex: Int(range.lowerBound), endIndex: Int(range.upperBound))
    }

    /// Why the file has not the bytes that are to be sent; nil when it has. The system sends nothing of what is missing, again and again.
    var cutOff: ContentError? {
        do {
            return try file.presentSize() >= range.upperBound ? nil : .unavailable("\(digest.short) was cut off on disk")
        } catch {
            return .unavailable("\(digest.short) cannot be read: \(error)")
        }
    }
}
