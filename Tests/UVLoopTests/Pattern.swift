import Glibc
import UVLoop

/// An endless stream of bytes whose every position is known, and which is cheap to make and to compare in a debug build.
struct Pattern: Sendable {
    /// A prime, so that shifts by powers of two do not go unseen.
    private static let period = 65521
    private let twice: [UInt8]

    init() {
        var state: UInt32 = 1
        let once = (0..<Self.period).map { _ in
            state = state &* 1_664_525 &+ 1_013_904_223
            return UInt8(truncatingIfNeeded: state >> 24)
        }
        self.twice = once + once
    }

    func bytes(from position: Int, count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            let start = (position + bytes.count) % Self.period
            bytes += twice[start..<start + min(Self.period, count - bytes.count)]
        }
        return bytes
    }

    func matches(_ bytes: UnsafeRawBufferPointer, from position: Int) -> Bool {
        guard let base = bytes.baseAddress else { return true }
        return twice.withUnsafeBytes { twice in
            guard let pattern = twice.baseAddress else { return false }
            var checked = 0
            while checked < bytes.count {
                let count = min(Self.period, bytes.count - checked)
                guard memcmp(base + checked, pattern + (position + checked) % Self.period, count) == 0 else { return false }
                checked += count
            }
            return true
        }
    }

    /// A file without a name that holds the first `count` bytes.
    func file(count: Int) throws -> OpenFile {
        var path = Array("/tmp/uvloop-test-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw UVError(.noSuchFile, operation: "create a temporary file") }
        unlink(&path)
        let file = OpenFile(owning: descriptor)
        var written = 0
        while written < count {
            let part = bytes(from: written, count: min(1 << 20, count - written))
            let result = write(descriptor, part, part.count)
            guard result > 0 else { throw UVError(.noBufferSpace, operation: "fill a temporary file") }
            written += result
        }
        return file
    }
}

let mebibyte = 1 << 20
