/// Numbers on an axis.
enum Ticks {
    /// A round number of which five to ten make the whole.
    static func step(_ whole: Double) -> Double {
        var scale = 1.0
        while scale * 10 <= whole { scale *= 10 }
        while scale > whole { scale /= 10 }
        return whole / scale >= 5 ? scale : whole / scale >= 2 ? scale / 2 : scale / 5
    }

    /// At most two digits behind the point.
    static func text(_ value: Double) -> String {
        let hundredths = Int64((value * 100).rounded())
        let rest = abs(hundredths % 100)
        guard rest > 0 else { return "\(hundredths / 100)" }
        let sign = hundredths < 0 && hundredths > -100 ? "-" : ""
        return "\(sign)\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest % 10 == 0 ? rest / 10 : rest)"
    }
}
