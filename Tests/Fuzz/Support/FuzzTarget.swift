/// One decoder, or a family of them, under the fuzzer. Each file in Targets declares `enum Target: FuzzTarget`.
protocol FuzzTarget {
    /// Valid inputs, made by our own encoders where there are any: where the fuzzer starts from.
    static var seeds: [[UInt8]] { get }

    /// Decodes any bytes whatever. A broken promise of the decoder must end in a failed precondition.
    static func run(_ bytes: [UInt8])
}

extension FuzzTarget {
    /// An input that begins with a byte that picks the decoder, then its text.
    static func seed(_ choice: UInt8, _ text: String) -> [UInt8] { [choice] + Array(text.utf8) }
}
