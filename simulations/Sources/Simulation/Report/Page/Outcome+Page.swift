extension Outcome {
    /// The run as one page that needs nothing else: the figures, and pictures of how it went.
    public func page(_ cost: RunCost) -> String {
        let rows = figures(cost).map {
            "<tr><th scope=\"row\">\(Markup.escape($0.name))</th><td>\(Markup.escape($0.value))</td></tr>"
        }
        return Page.html(
            title: scenario,
            body: """
                <p>\(Markup.escape(description))</p>
                <table>
                \(rows.joined(separator: "\n"))
                </table>
                \(completion.svg())
                \(rates.svg())
                \(origin.svg())
                \(FillPicture(fill: fill).svg())
                """)
    }

    private var completion: LineChart {
        let total = Double(max(1, seconds.count + failures.count + dead))
        var points = [(x: 0.0, y: 0.0)]
        for (index, time) in seconds.enumerated() {
            points.append((time, Double(index) / total * 100))
            points.append((time, Double(index + 1) / total * 100))
        }
        return LineChart(
            title: "Pulls that are done, by the time since they began", unit: "%",
            series: [LineChart.Series(name: "pulls", color: "#1f6f8b", points: points)],
            marks: boundSeconds.map { [(x: $0, name: "bound")] } ?? [])
    }

    private var rates: LineChart {
        LineChart(
            title: "What comes, all nodes together", unit: "MB/s",
            series: [
                LineChart.Series(name: "from peers", color: "#1f6f8b", points: rate(\.bytesFromPeers)),
                LineChart.Series(name: "from the origin", color: "#c0392b", points: rate(\.bytesFromOrigin)),
            ])
    }

    private var origin: LineChart {
        let copies = samples.map { (x: max(0, $0.seconds), y: Double($0.bytesFromOrigin) / Double(max(1, distinctBytes))) }
        return LineChart(
            title: "What the origin has sent", unit: "copies", series: [LineChart.Series(name: "copies", color: "#c0392b", points: copies)])
    }

    private func rate(_ bytes: KeyPath<Sample, Int>) -> [(x: Double, y: Double)] {
        zip(samples, samples.dropFirst()).compactMap { before, after in
            guard after.seconds > before.seconds, after.seconds > 0 else { return nil }
            return (after.seconds, Double(after[keyPath: bytes] - before[keyPath: bytes]) / (after.seconds - before.seconds) / 1e6)
        }
    }
}
