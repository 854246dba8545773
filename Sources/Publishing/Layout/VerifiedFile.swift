import Cryptography
import Registry
import Swarm

/// A blob's file whose bytes have been found to hash to its digest, with a hash of each part: what is read of it later is held to those, so that
/// no other byte goes out even if somebody writes to the file meanwhile.
public struct VerifiedFile: Sendable, Hashable {
    let path: String
    let size: UInt64
    let partBytes: Int
    /// SHA-256 of each part; all have `partBytes` bytes but the last.
    let parts: [[UInt8]]

    /// What is read at a time.
    private static let stepBytes = 1 << 20
    /// S3 takes no more parts of one object.
    static let partLimit: UInt64 = 10_000

    /// Reads all of a file.
    init(_ path: String, as blob: Descriptor, partBytes: Int) throws(PublishError) {
        let file = try LayoutFile(path)
        let size = try file.size()
        guard size == blob.size else { throw .wrongSize(blob.digest, path, expected: blob.size, actual: size) }
        let partBytes = max(partBytes, Int((size + Self.partLimit - 1) / Self.partLimit))
        var whole = StreamingHash(blob.digest.algorithm == .sha256 ? .sha256 : .sha512)
        var parts: [[UInt8]] = []
        var offset: UInt64 = 0
        while offset < size {
            var part = StreamingHash(.sha256)
            let end = min(size, offset + UInt64(partBytes))
            while offset < end {
                if Task.isCancelled { throw .cancelled }
                let bytes = try file.read(at: offset, count: min(Self.stepBytes, Int(end - offset)))
                guard !bytes.isEmpty else { throw .changed(path) }
                whole.update(bytes)
                part.update(bytes)
                offset += UInt64(bytes.count)
            }
            parts.append(part.finalise())
        }
        guard Digest(blob.digest.algorithm, bytes: whole.finalise()) == blob.digest else { throw .wrongBytes(blob.digest, path) }
        self.path = path
        self.size = size
        self.partBytes = partBytes
        self.parts = parts
    }

    /// The bytes of a part, verified once more.
    func read(part index: Int) throws(PublishError) -> [UInt8] {
        let offset = UInt64(index) * UInt64(partBytes)
        let bytes = try LayoutFile(path).read(at: offset, count: min(partBytes, Int(size - offset)))
        guard StreamingHash.digest(.sha256, of: bytes) == parts[index] else { throw .changed(path) }
        return bytes
    }
}
