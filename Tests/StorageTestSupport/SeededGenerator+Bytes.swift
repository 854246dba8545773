public import Swarm

extension SeededGenerator {
    public mutating func bytes(_ count: Int) -> [UInt8] { Self.bytes(count, seed: next()) }

    /// The same bytes for the same seed, a word at a time.
    public static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
        var generator = SeededGenerator(seed: seed)
        return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            var offset = 0
            while offset < count {
                let word = generator.next()
                let step = min(8, count - offset)
                withUnsafeBytes(of: word.littleEndian) { raw[offset..<offset + step].copyBytes(from: $0.prefix(step)) }
                offset += step
            }
            initialised = count
        }
    }
}

extension UnsafeMutableRawBufferPointer.SubSequence {
    fileprivate func copyBytes(from bytes: Slice<UnsafeRawBufferPointer>) {
        UnsafeMutableRawBufferPointer(rebasing: self).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes))
    }
}
