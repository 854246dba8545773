import Swarm

/// What origins have shown of themselves, by registry, for a while: networks and registries change.
struct OriginHabits {
    static let lifetime: Duration = .seconds(300)
    /// More registries than a node pulls from in that time.
    static let limit = 256

    private var entries: [String: (habit: OriginHabit, learntAt: Instant)] = [:]

    var known: [String: OriginHabit] { entries.mapValues(\.habit) }

    mutating func remember(_ habit: OriginHabit, of registry: String, now: Instant) {
        let known = entries[registry]?.habit
        guard habit != known ?? OriginHabit(), known != nil || entries.count < Self.limit else { return }
        entries[registry] = (habit, now)
    }

    mutating func expire(now: Instant) {
        entries = entries.filter { now - $0.value.learntAt < Self.lifetime }
    }
}
