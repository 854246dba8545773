/// Lying bars, one for each thing that was tried: dark up to the median, light up to the slowest.
struct BarChart {
    struct Bar {
        let name: String
        let low: Double
        let high: Double
    }

    let title: String
    let unit: String
    let bars: [Bar]

    private static let (width, row, top) = (640.0, 40.0, 30.0)

    func svg() -> String {
        let height = Self.top + Self.row * Double(bars.count) + 8
        let end = max(1e-9, bars.map(\.high).max() ?? 1)
        var parts = ["<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" role=\"img\" aria-label=\"\(Markup.escape(title))\">"]
        parts.append("<text class=\"title\" x=\"0\" y=\"16\">\(Markup.escape(title)), \(Markup.escape(unit)): dark p50, light p99</text>")
        for (index, bar) in bars.enumerated() {
            let y = Self.top + Self.row * Double(index)
            parts.append("<text class=\"tick\" x=\"0\" y=\"\(Ticks.text(y + 12))\">\(Markup.escape(bar.name))</text>")
            for (value, opacity) in [(bar.high, "0.35"), (bar.low, "1")] {
                let length = Ticks.text(value / end * (Self.width - 60))
                parts.append(
                    "<rect x=\"0\" y=\"\(Ticks.text(y + 17))\" width=\"\(length)\" height=\"14\" fill=\"#1f6f8b\" opacity=\"\(opacity)\"/>")
            }
            let x = Ticks.text(bar.high / end * (Self.width - 60) + 4)
            parts.append("<text class=\"tick\" x=\"\(x)\" y=\"\(Ticks.text(y + 29))\">\(Ticks.text(bar.high))</text>")
        }
        return (parts + ["</svg>"]).joined(separator: "\n")
    }
}
