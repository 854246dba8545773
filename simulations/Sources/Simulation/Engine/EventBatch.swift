/// All that happens in one area at the end of a step, as it came over the lanes.
struct EventBatch<Event> {
    typealias Entry = EventLane<Event>.Entry

    private var parts: [[Entry]] = []
    /// Where each place's events begin.
    private var begins: [Int] = []

    private(set) var count = 0
    /// What `arrange` has put in order. In the same memory each time, which is large: asked for and given back, all that is free would be put in
    /// order too.
    private(set) var ordered: [Event] = []

    func isEmpty(_ part: Int) -> Bool { part >= parts.count || parts[part].isEmpty }

    /// - Returns: what was there before, emptied: the memory is wanted again.
    mutating func put(_ entries: [Entry], _ part: Int) -> [Entry] {
        while parts.count <= part { parts.append([]) }
        count += entries.count - parts[part].count
        var old = entries
        swap(&old, &parts[part])
        old.removeAll(keepingCapacity: true)
        return old
    }

    /// Puts the events into `ordered` place by place, those of one place in the order in which they came.
    ///
    /// - Parameter places: as many as the area has.
    mutating func arrange(places: Int) {
        ordered.removeAll(keepingCapacity: true)
        guard places > 1, count > places / 16 else { return arrangeFew() }
        // Counting sort, which keeps the order within each place.
        begins.removeAll(keepingCapacity: true)
        begins.append(contentsOf: repeatElement(0, count: places + 1))
        for part in parts { for entry in part { begins[Int(entry.place) + 1] += 1 } }
        for index in 1..<begins.count { begins[index] += begins[index - 1] }
        // For the length; each gets its place below.
        for part in parts { for entry in part { ordered.append(entry.event) } }
        for part in parts {
            for entry in part {
                let place = Int(entry.place)
                ordered[begins[place]] = entry.event
                begins[place] += 1
            }
        }
    }

    /// Where few things happen: costs nothing for all the other places.
    private mutating func arrangeFew() {
        let entries = parts.flatMap { $0 }
        let order = entries.indices.sorted { (entries[$0].place, $0) < (entries[$1].place, $1) }
        for index in order { ordered.append(entries[index].event) }
    }
}
