import Foundation
import NIOConcurrencyHelpers
import Registry

/// A file of a test's own, as a store would give it; counts who has it open.
final class TestFile: Sendable {
    let path: String
    let bytes: [UInt8]
    private let readers = NIOLockedValueBox(0)
    private let (ends, ended): (AsyncStream<Void>, AsyncStream<Void>.Continuation) = AsyncStream.makeStream()

    init(_ bytes: [UInt8]) throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("shoal-\(UUID().uuidString)").path
        self.bytes = bytes
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    deinit { unlink(path) }

    var openCount: Int { readers.withLockedValue { $0 } }

    /// Returns when an answer has let go of the file.
    func letGo() async {
        var iterator = ends.makeAsyncIterator()
        _ = await iterator.next()
    }

    func open() -> any BlobFile {
        readers.withLockedValue { $0 += 1 }
        return Opened(self)
    }

    func cut(to size: Int) throws {
        guard truncate(path, off_t(size)) == 0 else { throw POSIXError(.EIO) }
    }

    private final class Opened: BlobFile {
        let file: TestFile
        let descriptor: Int32

        init(_ file: TestFile) {
            self.file = file
            descriptor = Glibc.open(file.path, O_RDONLY)
            precondition(descriptor >= 0, "\(file.path) can be opened")
        }

        deinit {
            close(descriptor)
            file.readers.withLockedValue { $0 -= 1 }
            file.ended.yield()
        }

        var size: UInt64 { UInt64(file.bytes.count) }

        func presentSize() throws -> UInt64 {
            var status = stat()
            guard fstat(descriptor, &status) == 0 else { throw POSIXError(.EIO) }
            return UInt64(status.st_size)
        }

        func read(at offset: UInt64, into buffer: UnsafeMutableRawBufferPointer) throws {
            guard pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset)) == buffer.count else { throw POSIXError(.EIO) }
        }
    }
}
