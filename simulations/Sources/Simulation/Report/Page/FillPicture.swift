/// How nodes filled up over time, a row for each: as SVG that fits any width.
struct FillPicture {
    let fill: Fill

    private static let (width, row, top) = (640.0, 6.0, 26.0)
    private static let levels = 10

    func svg() -> String {
        let height = Self.top + Self.row * Double(fill.nodes.count) + 20
        let title = "What nodes have of the image, a row for each: white nothing, dark all"
        var parts = ["<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(height))\" role=\"img\" aria-label=\"\(title)\">"]
        parts.append("<text class=\"title\" x=\"0\" y=\"16\">\(title)</text>")
        let end = max(1e-9, fill.seconds.last ?? 1)
        for (index, shares) in fill.shares.enumerated() {
            let y = Self.top + Self.row * Double(index)
            var begin = 0
            // Neighbours in time that look the same are one rectangle.
            for column in shares.indices where column + 1 == shares.count || level(shares[column + 1]) != level(shares[begin]) {
                let from = begin == 0 ? 0 : fill.seconds[begin] / end
                let to = column + 1 == shares.count ? 1 : fill.seconds[column + 1] / end
                let opacity = Ticks.text(Double(level(shares[begin])) / Double(Self.levels))
                parts.append(
                    "<rect x=\"\(Ticks.text(from * Self.width))\" y=\"\(Ticks.text(y))\" "
                        + "width=\"\(Ticks.text((to - from) * Self.width))\" height=\"\(Self.row - 1)\" fill=\"#1f6f8b\" opacity=\"\(opacity)\"/>"
                )
                begin = column + 1
            }
        }
        parts.append("<text class=\"tick\" x=\"0\" y=\"\(height - 4)\">0</text>")
        parts.append(
            "<text class=\"tick\" text-anchor=\"end\" x=\"\(Self.width)\" y=\"\(height - 4)\">\(Ticks.text(end)) seconds</text>")
        parts.append("</svg>")
        return parts.joined(separator: "\n")
    }

    private func level(_ percent: UInt8) -> Int { Int(percent) * Self.levels / 100 }
}
