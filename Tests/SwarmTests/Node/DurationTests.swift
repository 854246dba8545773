import Testing

@testable import Swarm

@Suite struct DurationTests {
    /// In one word of attoseconds, and in two; towards zero.
    @Test(
        arguments: [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.seconds(18), 18_000_000_000), (.seconds(19), 19_000_000_000),
            (.seconds(10_000_000) + .nanoseconds(7), 10_000_000_000_000_007), (.nanoseconds(-1), -1), (.seconds(-600), -600_000_000_000),
            (Duration(secondsComponent: 20, attosecondsComponent: 1_999_999_999), 20_000_000_001),
            (.nanoseconds(Int64.max), Int64.max),
        ] as [(Duration, Int64)]) func durationsAreCountedInNanoseconds(duration: Duration, nanoseconds: Int64)
    {
        #expect(duration.inNanoseconds == nanoseconds)
    }

    /// The same to the last bit, by either way of dividing.
    @Test func secondsAreNanosecondsDivided() {
        var random = SeededGenerator(seed: 1)
        for bits in 0..<Int64.bitWidth - 1 {
            for _ in 0..<50 {
                let nanoseconds = Int64(random.next() & (1 << UInt64(bits + 1) - 1) & UInt64(Int64.max))
                #expect(Duration.nanoseconds(nanoseconds).inSeconds == Double(nanoseconds) / 1e9)
                #expect(Duration.nanoseconds(-nanoseconds).inSeconds == Double(-nanoseconds) / 1e9)
            }
        }
    }
}
