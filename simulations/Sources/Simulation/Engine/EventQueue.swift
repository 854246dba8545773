import BasicContainers

/// What is to happen in virtual time: in the order of its time and, at one time, in that of its scheduling. A total order, so that the same
/// scenario and seed give the same run on every machine.
///
/// A radix heap (Ahuja, Mehlhorn, Orlin and Tarjan, "Faster algorithms for the shortest path problem", 1990), as time only goes on: events lie in buckets by
/// the highest bit in which their time is another than now, and go to lower ones as it comes near. They are never compared with each other, which a
/// binary heap does in a way that no processor can foresee.
struct EventQueue<Event>: ~Copyable {
    // Not private, as other modules could not destroy them then (Swift 6.3).

    struct Entry {
        let time: Int64
        let event: Event
    }

    struct Bucket: ~Copyable {
        var entries = UniqueArray<Entry>()
        /// The least time of its entries.
        var first = Int64.max
    }

    /// Bucket 0 is for what happens now.
    private var buckets = UniqueArray<Bucket>()
    /// By bit, which of them have any.
    private var filled: UInt64 = 0
    /// Of what happens now, so many have been handed out.
    private var taken = 0
    /// Memory for taking one apart.
    private var emptied = UniqueArray<Entry>()

    /// Nanoseconds since the beginning.
    private(set) var now: Int64 = 0

    init() { for _ in 0..<Int64.bitWidth { buckets.append(Bucket()) } }

    var nextTime: Int64? { filled == 0 ? nil : buckets[filled.trailingZeroBitCount].first }

    /// - Parameter time: nanoseconds; what is past happens now.
    mutating func schedule(at time: Int64, _ event: Event) { put(Entry(time: max(time, now), event: event)) }

    /// Those of one time are in one bucket always, in the order in which they were scheduled.
    private mutating func put(_ entry: Entry) {
        let bucket = Int64.bitWidth - (entry.time ^ now).leadingZeroBitCount
        buckets[bucket].entries.append(entry)
        buckets[bucket].first = min(buckets[bucket].first, entry.time)
        filled |= 1 << UInt64(bucket)
    }

    /// Moves time on to the next event and hands it out.
    mutating func pop() -> Event? {
        guard filled != 0 else { return nil }
        let bucket = filled.trailingZeroBitCount
        if bucket > 0 {
            now = buckets[bucket].first
            if buckets[bucket].entries.count == 1 { return takeOnly(of: bucket) }
            comeNear(bucket)
        }
        let event = buckets[0].entries[taken].event
        taken += 1
        if taken == buckets[0].entries.count {
            buckets[0].entries.removeAll(keepingCapacity: true)
            buckets[0].first = .max
            filled &= ~1
            taken = 0
        }
        return event
    }

    private mutating func takeOnly(of bucket: Int) -> Event? {
        buckets[bucket].first = .max
        filled &= ~(1 << UInt64(bucket))
        return buckets[bucket].entries.removeLast().event
    }

    /// Time has moved on to the bucket's first event: all of them belong into lower buckets.
    private mutating func comeNear(_ bucket: Int) {
        swap(&buckets[bucket].entries, &emptied)
        buckets[bucket].first = .max
        filled &= ~(1 << UInt64(bucket))
        for index in emptied.indices { put(emptied[index]) }
        emptied.removeAll(keepingCapacity: true)
    }
}
