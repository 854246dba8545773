/// Logarithms and powers of this module's own: those of the system's library differ from machine to machine in their last bits, and the
/// same seed is to give the same day on all.
enum Powers {
    private static let ln2 = 0.693_147_180_559_945_3

    /// The natural logarithm of a positive, finite number, to about 15 digits.
    static func ln(_ x: Double) -> Double {
        // x = m * 2^e with m near 1; ln m = 2 artanh((m - 1) / (m + 1)), whose series is short there.
        let (m, e) = x.significand > 1.414 ? (x.significand / 2, x.exponent + 1) : (x.significand, x.exponent)
        let z = (m - 1) / (m + 1)
        var (sum, power) = (0.0, z)
        for k in stride(from: 1.0, through: 23, by: 2) {
            sum += power / k
            power *= z * z
        }
        return 2 * sum + Double(e) * ln2
    }

    /// e to the power of a number between -700 and 700, to about 15 digits.
    static func exp(_ x: Double) -> Double {
        let e = (x / ln2).rounded()
        let rest = x - e * ln2
        var (sum, term) = (1.0, 1.0)
        for k in 1...16 {
            term *= rest / Double(k)
            sum += term
        }
        return Double(sign: .plus, exponent: Int(e), significand: sum)
    }

    /// A positive number to any power.
    static func power(_ base: Double, _ exponent: Double) -> Double { exp(exponent * ln(base)) }
}
