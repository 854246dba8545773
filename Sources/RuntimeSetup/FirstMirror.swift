/// Where a runtime looks first for a registry's images.
public struct FirstMirror: Sendable, Hashable {
    /// As the settings name it; `_default` for all that have no settings of their own.
    public let registry: String
    /// Host and port of the mirror.
    public let address: String
    /// The file that says so.
    public let file: String
    /// What keeps the runtime from looking there all the same; nil when nothing does.
    public var obstacle: String?

    /// Host and port of a URL, or of a location with a path behind them.
    static func address(_ location: String) -> String {
        let scheme = ["http://", "https://"].first { location.hasPrefix($0) } ?? ""
        return String(location.dropFirst(scheme.count).prefix { $0 != "/" })
    }
}
