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
}
