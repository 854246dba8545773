/// The labels of one series, in the text form of the exposition format, so that comparing and printing are cheap.
struct MetricLabels: Sendable, Hashable, Comparable {
    /// `zone="a",peer="b"`, sorted by name, without braces; empty for no labels.
    let text: String

    init(_ labels: [(String, String)]) {
        var seen: Set<String> = []
        let pairs = labels.map { (MetricName.label($0.0), $0.1) }.filter { seen.insert($0.0).inserted }
        text = pairs.sorted { $0.0 < $1.0 }.map { "\($0.0)=\"\(MetricText.escapeLabel($0.1))\"" }.joined(separator: ",")
    }

    static func < (left: MetricLabels, right: MetricLabels) -> Bool { left.text < right.text }

    /// The labels in braces, with `extra` last.
    func braced(adding extra: String = "") -> String {
        let all = text.isEmpty ? extra : extra.isEmpty ? text : "\(text),\(extra)"
        return all.isEmpty ? "" : "{\(all)}"
    }
}
