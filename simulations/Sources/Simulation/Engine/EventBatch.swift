/// All that happens in one area at the end of a step, as it came over the lanes.
struct EventBatch<Event> {
    typealias Entry = EventLane<Event>.Entry

    private var parts: [[Entry]] = []
    /// Where each place's events begin.
    private var begins: [Int] = []

    private(set) var count = 0

    /// - Returns: what was there before, emptied: the memory is wanted again.
    mutating func put(_ entries: [Entry], _ part: Int) -> [Entry] {
        while parts.count <= part { parts.append([]) }
        count += entries.count - parts[part].count
        var old = entries
        swap(&old, &parts[part])
        old.removeAll(keepingCapacity: true)
        return old
    }

    /// The events place by place, and those of one place in the order in which they came.
    ///
    /// - Parameter places: as many as the area has.
    mutating func inOrder(places: Int) -> [Event] {
        guard places > 1, count > places / 16 else { return fewInOrder() }
        // Counting sort, which keeps the order within each place.
        begins.removeAll(keepingCapacity: true)
        begins.append(contentsOf: repeatElement(0, count: places + 1))
        for part in parts { for entry in part { begins[Int(entry.place) + 1] += 1 } }
        for index in 1..<begins.count { begins[index] += begins[index - 1] }
        return Array(unsafeUninitializedCapacity: count) { buffer, initialised in
            for part in parts {
                for entry in part {
                    let place = Int(entry.place)
                    buffer.initializeElement(at: begins[place], to: entry.event)
                    begins[place] += 1
                }
            }
            initialised = count
        }
    }

    /// Where few things happen: costs nothing for all the other places.
    private func fewInOrder() -> [Event] {
        let entries = parts.flatMap { $0 }
        let order = entries.indices.sorted { (entries[$0].place, $0) < (entries[$1].place, $1) }
        return order.map { entries[$0].event }
    }
}
