import Glibc

/// Memory for pieces, straight from the system and a little of it kept for the next piece.
///
/// Pieces are taken on the loop's thread and given back on the pool's. The general allocator would keep dozens of large ones scattered over
/// its arenas; and fresh pages for each would cost a fault every 4 KiB.
final class PieceMemory: Sendable {
    /// Bytes of free buffers that are kept.
    private let keptLimitBytes: Int
    private let free = LockedList()

    init(keptLimitBytes: Int) { self.keptLimitBytes = keptLimitBytes }

    /// A buffer of at least `count` bytes, whose content is undefined.
    func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
        let size = (max(1, count) + Self.pageBytes - 1) / Self.pageBytes * Self.pageBytes
        if let kept = free.take(size) { return kept }
        let pages = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pages, pages != MAP_FAILED else { preconditionFailure("no memory is left for a piece of \(count) bytes") }
        return UnsafeMutableRawBufferPointer(start: pages, count: size)
    }

    func give(_ buffer: UnsafeMutableRawBufferPointer) {
        if !free.keep(buffer, limitBytes: keptLimitBytes) { munmap(buffer.baseAddress, buffer.count) }
    }

    deinit { for buffer in free.takeAll() { munmap(buffer.baseAddress, buffer.count) } }

    private static let pageBytes = 4096
}

/// Free buffers behind a lock.
private final class LockedList: @unchecked Sendable {  // `buffers` and `bytes` are touched under the lock only
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private var buffers: [UnsafeMutableRawBufferPointer] = []
    private var bytes = 0

    init() {
        lock = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
    }

    deinit {
        pthread_mutex_destroy(lock)
        lock.deallocate()
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        pthread_mutex_lock(lock)
        defer { pthread_mutex_unlock(lock) }
        return body()
    }

    func take(_ size: Int) -> UnsafeMutableRawBufferPointer? {
        locked {
            guard let index = buffers.lastIndex(where: { $0.count == size }) else { return nil }
            bytes -= size
            return buffers.remove(at: index)
        }
    }

    func keep(_ buffer: UnsafeMutableRawBufferPointer, limitBytes: Int) -> Bool {
        locked {
            guard bytes + buffer.count <= limitBytes else { return false }
            bytes += buffer.count
            buffers.append(buffer)
            return true
        }
    }

    func takeAll() -> [UnsafeMutableRawBufferPointer] {
        locked {
            defer { buffers = [] }
            return buffers
        }
    }
}
