/// One series: a metric's name with one set of labels, and its value.
protocol MetricSeries: AnyObject, Sendable {
    /// Appends the series' lines of the exposition format.
    func write(name: String, labels: MetricLabels, to text: inout String)
}
