import BasicContainers

/// All that happens in one area at the end of a step, as it came over the lanes.
struct EventBatch<Event>: ~Copyable {
    typealias Entry = EventLane<Event>.Entry

    private var parts = UniqueArray<UniqueArray<Entry>>()
    /// Where each place's events begin.
    private var begins = UniqueArray<Int>()

    private(set) var count = 0
    /// What `arrange` has put in order. In the same memory each time, which is large: asked for and given back, all that is free would be put in
    /// order too.
    private(set) var ordered = UniqueArray<Event>()

    func isEmpty(_ part: Int) -> Bool { part >= parts.count || parts[part].isEmpty }

    /// Takes the entries, and gives what was there before for them, emptied: the memory is wanted again.
    mutating func swapIn(_ entries: inout UniqueArray<Entry>, _ part: Int) {
        while parts.count <= part { parts.append(UniqueArray()) }
        count += entries.count - parts[part].count
        swap(&entries, &parts[part])
        entries.removeAll(keepingCapacity: true)
    }

    /// Puts the events into `ordered` place by place, those of one place in the order in which they came.
    ///
    /// - Parameter places: as many as the area has.
    mutating func arrange(places: Int) {
        ordered.removeAll(keepingCapacity: true)
        guard places > 1, count > places / 16 else { return arrangeFew() }
        // Counting sort, which keeps the order within each place.
        begins.removeAll(keepingCapacity: true)
        for _ in 0...places { begins.append(0) }
        // For the length of `ordered`; each gets its place below.
        for part in parts.indices {
            for index in parts[part].indices {
                begins[Int(parts[part][index].place) + 1] += 1
                ordered.append(parts[part][index].event)
            }
        }
        for index in 1..<begins.count { begins[index] += begins[index - 1] }
        for part in parts.indices {
            for index in parts[part].indices {
                let place = Int(parts[part][index].place)
                ordered[begins[place]] = parts[part][index].event
                begins[place] += 1
            }
        }
    }

    /// Where few things happen: costs nothing for all the other places.
    private mutating func arrangeFew() {
        var entries: [Entry] = []
        entries.reserveCapacity(count)
        for part in parts.indices { for index in parts[part].indices { entries.append(parts[part][index]) } }
        let order = entries.indices.sorted { (entries[$0].place, $0) < (entries[$1].place, $1) }
        for index in order { ordered.append(entries[index].event) }
    }
}
