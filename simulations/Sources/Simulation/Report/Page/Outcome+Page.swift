extension Outcome {
    /// The run as one page that needs nothing else: the figures, and pictures of how it went.
    public func page(_ cost: RunCost) -> String {
        let rows = figures(cost).map {
            "<tr><th scope=\"row\">\(Markup.escape($0.name))</th><td>\(Markup.escape($0.value))</td></tr>"
        }
        return """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(Markup.escape(scenario)) - shoal-sim</title>
            <style>\(Self.style)</style>
            </head>
            <body>
            <h1>\(Markup.escape(scenario))</h1>
            <p>\(Markup.escape(description))</p>
            <table>
            \(rows.joined(separator: "\n"))
            </table>
            \(completion.svg())
            \(rates.svg())
            \(origin.svg())
            \(FillPicture(fill: fill).svg())
            </body>
            </html>

            """
    }

    private static let style = """
        body { font: 16px/1.4 system-ui, sans-serif; max-width: 44rem; margin: 0 auto; padding: 1rem; color: #222; background: #fff;
          overflow-wrap: anywhere }
        table { border-collapse: collapse; margin: 1rem 0 } th { text-align: left; overflow-wrap: normal; font-weight: 600; padding-right: 1rem; vertical-align: top }
        svg { width: 100%; height: auto; margin: 1rem 0 } .title { font-size: 13px; font-weight: 600 } .tick { font-size: 12px; fill: #555 }
        .grid { stroke: #ddd } .mark { stroke: #c0392b; stroke-dasharray: 4 3 }
        """

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
