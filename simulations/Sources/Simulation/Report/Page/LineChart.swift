/// Lines over time, as SVG that fits any width.
struct LineChart {
    struct Series {
        let name: String
        let color: String
        /// Seconds, and what was measured.
        let points: [(x: Double, y: Double)]
    }

    let title: String
    let unit: String
    let series: [Series]
    /// Lines across at so many seconds, with their names.
    var marks: [(x: Double, name: String)] = []

    func svg() -> String {
        let points = series.flatMap(\.points)
        let plane = ChartPlane(
            lastX: (points.map(\.x) + marks.map(\.x)).max() ?? 1, lastY: points.map(\.y).max() ?? 1)
        var parts = plane.opening(title: title, unit: unit) + plane.grid()
        for mark in marks { parts += plane.mark(at: mark.x, name: mark.name) }
        for line in series { parts.append(plane.line(line.points, color: line.color)) }
        if series.count > 1 { parts += plane.legend(series.map { ($0.name, $0.color) }) }
        return (parts + ["</svg>"]).joined(separator: "\n")
    }
}

/// Where things are in a chart.
private struct ChartPlane {
    private static let (width, height) = (640.0, 300.0)
    private static let (left, right, top, bottom) = (56.0, 628.0, 34.0, 264.0)

    private let (stepX, stepY): (Double, Double)
    private let (endX, endY): (Double, Double)

    init(lastX: Double, lastY: Double) {
        (stepX, stepY) = (Ticks.step(max(lastX, 1e-9)), Ticks.step(max(lastY, 1e-9)))
        (endX, endY) = ((lastX / stepX).rounded(.up) * stepX, (lastY / stepY).rounded(.up) * stepY)
    }

    private func place(_ value: Double) -> Double { Self.left + value / max(endX, 1e-9) * (Self.right - Self.left) }
    private func x(_ value: Double) -> String { Ticks.text(place(value)) }
    private func y(_ value: Double) -> Double { Self.bottom - value / max(endY, 1e-9) * (Self.bottom - Self.top) }

    private func text(_ content: String, x: String, y: Double, anchor: String = "start", style: String = "tick") -> String {
        "<text class=\"\(style)\" text-anchor=\"\(anchor)\" x=\"\(x)\" y=\"\(Ticks.text(y))\">\(Markup.escape(content))</text>"
    }

    func opening(title: String, unit: String) -> [String] {
        [
            "<svg viewBox=\"0 0 640 300\" role=\"img\" aria-label=\"\(Markup.escape(title))\">",
            text(title, x: "\(Self.left)", y: 16, style: "title"),
            text(unit, x: "4", y: Self.top - 6),
            text("seconds", x: "\(Self.right)", y: Self.height - 4, anchor: "end"),
        ]
    }

    func grid() -> [String] {
        let rows = stride(from: 0, through: endY + stepY / 2, by: stepY).flatMap { value in
            [
                "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.right)\" y1=\"\(Ticks.text(y(value)))\" y2=\"\(Ticks.text(y(value)))\"/>",
                text(Ticks.text(value), x: "\(Self.left - 6)", y: y(value) + 4, anchor: "end"),
            ]
        }
        let columns = stride(from: 0, through: endX + stepX / 2, by: stepX).map { value in
            text(Ticks.text(value), x: x(value), y: Self.bottom + 18, anchor: "middle")
        }
        return rows + columns
    }

    func mark(at seconds: Double, name: String) -> [String] {
        [
            "<line class=\"mark\" x1=\"\(x(seconds))\" x2=\"\(x(seconds))\" y1=\"\(Self.top)\" y2=\"\(Self.bottom)\"/>",
            text(name, x: x(seconds), y: Self.top - 4, anchor: "middle"),
        ]
    }

    func line(_ points: [(x: Double, y: Double)], color: String) -> String {
        let places = seen(points.map { (place($0.x), y($0.y)) }).map { "\(Ticks.text($0.x)),\(Ticks.text($0.y))" }.joined(separator: " ")
        return "<polyline fill=\"none\" stroke=\"\(color)\" stroke-width=\"2\" points=\"\(places)\"/>"
    }

    /// Without what nobody sees: with 100,000 nodes most points lie on the one before.
    private func seen(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        var kept: [(x: Double, y: Double)] = []
        for (index, point) in points.enumerated() {
            if index < points.count - 1, let last = kept.last, abs(point.x - last.x) < 0.4, abs(point.y - last.y) < 0.4 { continue }
            kept.append(point)
        }
        return kept
    }

    /// Names in their lines' colors, from the right.
    func legend(_ names: [(name: String, color: String)]) -> [String] {
        var end = Self.right
        return names.reversed().map { name, color in
            defer { end -= Double(name.count) * 7 + 16 }
            return "<text style=\"fill:\(color)\" class=\"tick\" text-anchor=\"end\" x=\"\(Ticks.text(end))\" y=\"16\">\(name)</text>"
        }
    }
}
