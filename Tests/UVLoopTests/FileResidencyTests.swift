import Glibc
import Testing

@testable import UVLoop

struct FileResidencyTests {
    /// What was just written is in memory; what was never written is not, and neither is what lies beyond the file.
    @Test func knowsWhatIsThere() throws {
        let pattern = Pattern()
        let file = try pattern.file(count: mebibyte)
        #expect(ftruncate(file.descriptor, off_t(4 * mebibyte)) == 0)
        let residency = try #require(FileResidency(of: file.descriptor))
        #expect(residency.contains(offset: 0, count: 64 << 10))
        #expect(residency.contains(offset: 5000, count: 100_000))
        #expect(residency.contains(offset: UInt64(mebibyte - 1), count: 1))
        #expect(residency.contains(offset: 7, count: 0))
        #expect(!residency.contains(offset: UInt64(2 * mebibyte), count: 4096))
        #expect(!residency.contains(offset: UInt64(mebibyte - 4096), count: 8192))
        #expect(!residency.contains(offset: UInt64(4 * mebibyte - 4096), count: 8192))
        #expect(!residency.contains(offset: .max, count: 2))
        // Longer than anybody asks about.
        #expect(!residency.contains(offset: 0, count: mebibyte))
    }

    /// The kernel may keep what is cut off for a while: that it is asked about harms nothing.
    @Test func aFileThatIsCutOffCanBeAskedAbout() throws {
        let file = try Pattern().file(count: mebibyte)
        let residency = try #require(FileResidency(of: file.descriptor))
        #expect(ftruncate(file.descriptor, off_t(mebibyte / 2)) == 0)
        #expect(residency.contains(offset: 0, count: 4096))
        _ = residency.contains(offset: UInt64(mebibyte / 2), count: 4096)
        #expect(ftruncate(file.descriptor, 0) == 0)
        _ = residency.contains(offset: 0, count: 4096)
    }

    @Test func anEmptyFileCannotBeTold() throws {
        let file = try Pattern().file(count: 0)
        #expect(FileResidency(of: file.descriptor) == nil)
        #expect(!file.isInMemory(offset: 0, count: 0))
    }
}
