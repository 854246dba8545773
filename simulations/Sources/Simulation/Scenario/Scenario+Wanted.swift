/// What the nodes of a scenario lack and want.
extension Scenario {
    func bytes(of layers: some Sequence<Int>) -> UInt64 { layers.reduce(0) { $0 + self.layers[$1] } }

    func held(by group: Group) -> Set<Int> { Set(group.holds.flatMap { images[$0].layers }) }

    /// Layers that each node of a group wants and has not, if all that pull anything pull once, and lack the same; else nil: then no bound is
    /// known.
    var wantedByAll: [Int]? {
        guard pulls.isEmpty else { return nil }
        var wanted: [Int]?
        for group in groups where !group.pulls.isEmpty {
            guard group.pulls.count == 1 else { return nil }
            let lacked = images[group.pulls[0].image].layers.filter { [held = held(by: group)] in !held.contains($0) }
            guard !lacked.isEmpty else { continue }
            guard wanted ?? lacked == lacked else { return nil }
            wanted = lacked
        }
        return wanted
    }
}
