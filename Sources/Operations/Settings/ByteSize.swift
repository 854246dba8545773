public import ArgumentParser

/// An amount of bytes as people write it: `1048576`, `500M`, `50G`, `20GiB`.
///
/// `K`, `M`, `G`, `T` and `P`, with or without a `B`, are powers of 1000; with an `i`, such as `Gi` or `GiB`, powers of 1024 (IEC 80000-13).
/// Case does not matter; a fraction such as `1.5G` is allowed.
public struct ByteSize: Sendable, Hashable, CustomStringConvertible {
    public let bytes: UInt64

    public init(_ bytes: UInt64) { self.bytes = bytes }

    /// Reads the text form; nil for anything else, and for more than 2^63 bytes.
    public init?(parsing text: some StringProtocol) {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let scale = Self.scale(of: text[number.endIndex...].lowercased()) else { return nil }
        if let whole = UInt64(number) {
            let (product, overflows) = whole.multipliedReportingOverflow(by: scale)
            guard !overflows, product <= 1 << 63 else { return nil }
            self.bytes = product
        } else {
            let halves = number.split(separator: ".", omittingEmptySubsequences: false)
            guard halves.count == 2, halves.allSatisfy({ !$0.isEmpty }), scale > 1, let value = Double(number) else { return nil }
            let product = (value * Double(scale)).rounded()
            guard product < 0x1p63 else { return nil }
            self.bytes = UInt64(product)
        }
    }

    /// The shortest exact text, such as `20GiB` or `500M`.
    public var description: String {
        for (index, letter) in Self.letters.enumerated().reversed() where bytes > 0 {
            let (binary, decimal) = (Self.power(1024, index + 1), Self.power(1000, index + 1))
            if bytes.isMultiple(of: binary) { return "\(bytes / binary)\(letter.uppercased())iB" }
            if bytes.isMultiple(of: decimal) { return "\(bytes / decimal)\(letter.uppercased())" }
        }
        return "\(bytes)"
    }

    private static let letters: [Character] = ["k", "m", "g", "t", "p"]

    private static func scale(of unit: String) -> UInt64? {
        guard let first = unit.first, unit != "b" else { return 1 }
        guard let index = letters.firstIndex(of: first) else { return nil }
        switch unit.dropFirst() {
        case "", "b": return power(1000, index + 1)
        case "i", "ib": return power(1024, index + 1)
        default: return nil
        }
    }

    private static func power(_ base: UInt64, _ exponent: Int) -> UInt64 { (0..<exponent).reduce(1) { product, _ in product * base } }
}

extension ByteSize: ExpressibleByArgument {
    /// Reads an option's value.
    public init?(argument: String) { self.init(parsing: argument) }
}
