import AsyncHTTPClient
import Cryptography
import Glibc
import NIOCore
import Registry
import Swarm

/// One blob from the mirror into a file, verified; a body that ends short is resumed by Range.
struct BlobDownload {
    static let attempts = 5

    let mirror: MirrorClient
    let image: Reference
    let blob: Descriptor
    let path: String
    /// Told how many bytes came.
    let received: @Sendable (Int) async -> Void

    func run() async throws {
        let temporary = "\(path).part"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw PullError.layout(temporary, String(cString: strerror(errno))) }
        defer { close(file) }
        var hash = StreamingHash(blob.digest.algorithm == .sha256 ? .sha256 : .sha512)
        var offset: UInt64 = 0
        var attempt = 0
        repeat {
            attempt += 1
            let body = try await mirror.blob(image, blob.digest, from: offset)
            do {
                for try await chunk in body {
                    let count = chunk.readableBytes
                    try chunk.withUnsafeReadableBytes { bytes in
                        hash.update(bytes)
                        try write(bytes, to: file, temporary)
                    }
                    offset += UInt64(count)
                    await received(count)
                }
            } catch let error as PullError {
                throw error
            } catch {
                // Ended short: what has come is good, the rest is asked for again.
            }
        } while offset < blob.size && attempt < Self.attempts
        guard offset >= blob.size else { throw PullError.endedShort(blob.digest, attempts: attempt) }
        guard Digest(blob.digest.algorithm, bytes: hash.finalise()) == blob.digest else { throw PullError.wrongBytes(blob.digest) }
        guard rename(temporary, path) == 0 else { throw PullError.layout(path, String(cString: strerror(errno))) }
    }

    private func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, _ name: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = Glibc.write(file, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            guard count > 0 else {
                if errno == EINTR { continue }
                throw PullError.layout(name, String(cString: strerror(errno)))
            }
            rest = rest.dropFirst(count)
        }
    }
}
