/// A metric's declaration and its series.
struct MetricFamily: Sendable {
    let name: String
    let kind: MetricKind
    let help: String
    /// The upper bounds for a histogram's buckets; empty for other kinds.
    let bounds: [Double]
    var series: [MetricLabels: any MetricSeries] = [:]

    /// The family's block of the exposition format, its series in the order of their labels.
    func write(to text: inout String) {
        Self.writeHeader(name: name, kind: kind, help: help, to: &text)
        for (labels, series) in series.sorted(by: { $0.key < $1.key }) {
            series.write(name: name, labels: labels, to: &text)
        }
    }

    static func writeHeader(name: String, kind: MetricKind, help: String, to text: inout String) {
        if !help.isEmpty { text += "# HELP \(name) \(MetricText.escapeHelp(help))\n" }
        text += "# TYPE \(name) \(kind.rawValue)\n"
    }
}
