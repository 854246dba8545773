import Operations

extension Outcome {
    /// The figures for a terminal.
    public func text(_ cost: RunCost) -> String {
        var text = TextTable.pairs(figures(cost))
        for failure in failures.prefix(5) { text += "not done: \(failure)\n" }
        if failures.count > 5 { text += "and \(failures.count - 5) more\n" }
        return text
    }

    /// Names and values, as people read them.
    func figures(_ cost: RunCost) -> [(name: String, value: String)] {
        var rows: [(name: String, value: String)] = []
        let wanting = seconds.count + failures.count + dead
        let died = dead > 0 ? "; \(dead) died" : ""
        rows.append(("pulls", "\(seconds.count) of \(wanting) done; \(nodes) nodes wanted \(ByteCount.size(distinctBytes))\(died)"))
        for (name, share) in [("p50", 0.5), ("p90", 0.9), ("p99", 0.99), ("max", 1)] {
            guard let time = quantile(share) else { continue }
            let ratio = boundSeconds.map { ", \(TextTable.number(time / $0, 3)) times the bound" } ?? ""
            rows.append((name, "\(TextTable.number(time, 2)) s\(ratio)"))
        }
        if let boundSeconds { rows.append(("bound", "\(TextTable.number(boundSeconds, 2)) s")) }
        let share = 100 * Double(bytesFromOrigin) / Double(max(1, wantedBytes))
        rows.append(
            (
                "from the origin",
                "\(size(bytesFromOrigin)), \(TextTable.number(originCopies, 3)) copies, \(TextTable.number(share, 2)) % of what nodes lacked"
            ))
        if originRefusals > 0 { rows.append(("refused (429)", "\(originRefusals) requests")) }
        rows.append(("from peers", size(bytesFromPeers)))
        if crossZoneBytes > 0 { rows.append(("between zones", size(crossZoneBytes))) }
        rows.append(("duplicate", "\(size(duplicateBytes)), \(TextTable.number(value(.duplicate) ?? 0, 2)) %"))
        if rejectedBytes > 0 { rows.append(("rejected", size(rejectedBytes))) }
        rows.append(("control", "\(size(controlBytes)), \(TextTable.number(value(.control) ?? 0, 2)) %"))
        rows.append(("upload fairness", TextTable.number(uploadFairness, 3)))
        let real = max(1e-9, cost.took / .seconds(1))
        rows.append(("events", "\(events) in \(TextTable.number(real, 1)) s, \(Int(Double(events) / real)) a second; log \(eventLog)"))
        let perNode = cost.peakBytes / UInt64(max(1, nodes))
        rows.append(("memory", "\(ByteCount.size(cost.peakBytes)) at most, \(ByteCount.size(perNode)) a node"))
        return rows
    }

    private func size(_ bytes: Int) -> String { ByteCount.size(UInt64(max(0, bytes))) }
}
