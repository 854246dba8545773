/// Parcels on their way, each in a place of its own until it is opened. Places never move: whoever opens a parcel may be at it while others put
/// theirs down.
final class ParcelStore {
    typealias ID = Int32

    /// How many desks use it. Of as many chunks in a row each desk has one.
    fileprivate let desks: Int
    private let chunks: UnsafeMutablePointer<UnsafeMutablePointer<Place>?>

    /// As long as a line of a processor's cache: most parcels are opened long after they were put down, by another processor.
    private struct Place {
        var parcel: Parcel?
        private let unused: UInt64 = 0
    }

    fileprivate static let chunkSize = 2048
    private static let chunkLimit = 1 << 17

    init(desks: Int) {
        self.desks = desks
        chunks = .allocate(capacity: Self.chunkLimit)
        chunks.initialize(repeating: nil, count: Self.chunkLimit)
    }

    deinit {
        for index in 0..<Self.chunkLimit {
            guard let chunk = chunks[index] else { continue }
            chunk.deinitialize(count: Self.chunkSize)
            chunk.deallocate()
        }
        chunks.deallocate()
    }

    fileprivate func addChunk(_ number: Int) {
        precondition(number < Self.chunkLimit, "\(Self.chunkLimit * Self.chunkSize) parcels are on their way at once")
        let chunk = UnsafeMutableRawPointer.allocate(byteCount: Self.chunkSize * MemoryLayout<Place>.stride, alignment: 64)
            .bindMemory(to: Place.self, capacity: Self.chunkSize)
        chunk.initialize(repeating: Place(), count: Self.chunkSize)
        chunks[number] = chunk
    }

    fileprivate subscript(id: ID) -> Parcel? {
        _read { yield place(id).pointee.parcel }
        _modify { yield &place(id).pointee.parcel }
    }

    private func place(_ id: ID) -> UnsafeMutablePointer<Place> {
        // Its desk has added the chunk.
        chunks[Int(id) / Self.chunkSize].unsafelyUnwrapped + Int(id) % Self.chunkSize
    }
}

/// Where one strand puts its parcels down, and opens those of all.
struct ParcelDesk {
    private let store: ParcelStore
    private let number: Int
    private var free: [ParcelStore.ID] = []
    private var chunkCount = 0
    /// Places of other desks' parcels that were opened here, by desk.
    private var opened: [[ParcelStore.ID]]

    init(_ store: ParcelStore, number: Int) {
        self.store = store
        self.number = number
        opened = Array(repeating: [], count: store.desks)
    }

    mutating func put(_ parcel: consuming Parcel) -> ParcelStore.ID {
        if free.isEmpty { grow() }
        let id = free.removeLast()
        store[id] = parcel
        return id
    }

    private mutating func grow() {
        let chunk = chunkCount * store.desks + number
        store.addChunk(chunk)
        chunkCount += 1
        let first = ParcelStore.ID(chunk * ParcelStore.chunkSize)
        free.append(contentsOf: (first..<first + ParcelStore.ID(ParcelStore.chunkSize)).reversed())
    }

    mutating func take(_ id: ParcelStore.ID) -> Parcel? {
        guard let parcel = store[id].take() else { return nil }
        let owner = Int(id) / ParcelStore.chunkSize % store.desks
        if owner == number { free.append(id) } else { opened[owner].append(id) }
        return parcel
    }

    /// Gives places back to the desk whose they are, while nobody else is at work.
    mutating func giveBack(to desk: inout ParcelDesk) {
        guard !opened[desk.number].isEmpty else { return }
        desk.free.append(contentsOf: opened[desk.number])
        opened[desk.number].removeAll(keepingCapacity: true)
    }
}
