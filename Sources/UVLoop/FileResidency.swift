import CLibUV
import Glibc

/// Tells which parts of a file the kernel has in memory: `mincore(2)` on a mapping that is never touched, and so can neither wait for a disk
/// nor fault when the file is cut off.
final class FileResidency: Sendable {
    /// More is not asked about at once.
    private static let limitPages = 66
    private static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))

    /// Where the mapping is: to ask about, since nobody reads or writes what is there.
    private let address: UInt
    private let count: Int

    /// Of the file's present length.
    ///
    /// - Returns: nil when it cannot be told: for files that are empty or another user's (of which the kernel says that all of it is there),
    ///   or when no addresses are left.
    init?(of descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_uid == geteuid(), status.st_size > 0 else { return nil }
        let count = Int(status.st_size)
        guard let base = mmap(nil, count, PROT_NONE, MAP_SHARED, descriptor, 0), base != MAP_FAILED else { return nil }
        address = UInt(bitPattern: base)
        self.count = count
    }

    deinit { munmap(UnsafeMutableRawPointer(bitPattern: address), count) }

    /// Whether every page of the range is in memory. False for ranges beyond the file's length, and for long ones.
    func contains(offset: UInt64, count: Int) -> Bool {
        guard count > 0 else { return count == 0 }
        guard offset < UInt64(self.count), UInt64(count) <= UInt64(self.count) - offset else { return false }
        let first = Int(offset) / Self.pageBytes
        let pages = (Int(offset) + count - 1) / Self.pageBytes - first + 1
        guard pages <= Self.limitPages else { return false }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pages) { present in
            guard let list = present.baseAddress, let start = UnsafeMutableRawPointer(bitPattern: address),
                mincore(start + first * Self.pageBytes, pages * Self.pageBytes, list) == 0
            else { return false }
            return present.allSatisfy { $0 & 1 != 0 }
        }
    }
}
