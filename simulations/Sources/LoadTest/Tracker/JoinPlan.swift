/// Which agent joins which swarm, and when.
///
/// In waves, as a cluster pulls one image after another: all agents join the first blob's swarm, one after another, then all the second's.
/// With each join an agent says that it now has the blob before, and leaves the swarm of the one that it has held for some waves: so swarms
/// grow to the size of the cluster and go again, and the tracker's memory stays where it is.
struct JoinPlan {
    /// Blobs; then the first comes again.
    static let blobCount = 32
    /// Swarms that an agent is a member of at most. Fewer than there are blobs, so that it has always left the one that it joins.
    static let heldBlobs = 8

    struct Join: Hashable {
        let agent: Int
        let blob: Int
        /// The blob to announce as whole.
        let announced: Int?
        /// The blob whose swarm to leave.
        let left: Int?
    }

    let agents: Int
    let joinsPerSecond: Int

    subscript(number: Int) -> Join {
        let wave = number / agents
        func blob(_ wave: Int) -> Int? { wave >= 0 ? wave % Self.blobCount : nil }
        return Join(
            agent: number % agents, blob: wave % Self.blobCount, announced: blob(wave - 1), left: blob(wave - Self.heldBlobs))
    }

    /// When a join is due, nanoseconds after the first one.
    func dueNanoseconds(_ number: Int) -> Int64 { Int64(Double(number) * 1e9 / Double(joinsPerSecond)) }

    /// Joins that are due by then: the first at once.
    func dueCount(afterNanoseconds elapsed: Int64) -> Int {
        elapsed < 0 ? 0 : Int(Double(elapsed) * Double(joinsPerSecond) / 1e9) + 1
    }
}
