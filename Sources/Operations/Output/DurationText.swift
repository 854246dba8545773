/// Lengths of time for people.
public enum DurationText {
    /// Whole seconds in the two largest units: `7s`, `2m05s`, `3h07m`, `2d04h`.
    public static func of(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3600: "\(seconds / 60)m\(pad(seconds % 60))s"
        case ..<86400: "\(seconds / 3600)h\(pad(seconds / 60 % 60))m"
        default: "\(seconds / 86400)d\(pad(seconds / 3600 % 24))h"
        }
    }

    private static func pad(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
