import Swarm
import Testing

/// In virtual time: what goes within any five seconds is the rate, to 5 %.
@Suite struct TokenBucketTests {
    /// One thing after the other, each as soon as a timer of `tick` sees that it may go.
    private func moments(rate: UInt64, portion: Int, tick: Duration, seconds: Int64) -> [(at: Instant, bytes: Int)] {
        var bucket = TokenBucket(bytesPerSecond: rate)
        var now = Instant.zero
        var gone: [(at: Instant, bytes: Int)] = []
        while now < .zero + .seconds(seconds) {
            while bucket.isFree(at: now) {
                bucket.take(portion, at: now)
                gone.append((now, portion))
            }
            now = now + tick
        }
        return gone
    }

    @Test(
        arguments: [128 << 10, 1_000_000, 12_500_000, 125_000_000] as [UInt64],
        [Duration.milliseconds(1), .milliseconds(20), .milliseconds(33)])
    func fiveSecondsAreWithinFivePercent(rate: UInt64, tick: Duration) {
        let portion = min(TokenBucket(bytesPerSecond: rate).portion, WireLimits.dataPayload)
        let gone = moments(rate: rate, portion: portion, tick: tick, seconds: 12)
        let due = 5 * Double(rate)
        for start in stride(from: Int64(0), through: 6, by: 1) {
            let window = Instant.zero + .milliseconds(start * 997)
            let bytes = gone.filter { $0.at >= window && $0.at < window + .seconds(5) }.reduce(0) { $0 + $1.bytes }
            #expect(Double(bytes) <= 1.05 * due && Double(bytes) >= 0.95 * due, "\(bytes) bytes from \(window)")
        }
    }

    /// What was not used is not saved up, beyond a moment's worth.
    @Test func restDoesNotPayForABurst() {
        var bucket = TokenBucket(bytesPerSecond: 1_000_000)
        let late = Instant.zero + .seconds(3600)
        #expect(bucket.allowance(at: late) == 50_000)
        var bytes = 0
        while bucket.isFree(at: late) {
            bucket.take(10_000, at: late)
            bytes += 10_000
        }
        #expect(bytes == 50_000)
        bucket.take(10_000, at: late)
        #expect(bucket.allowance(at: late) == 0)
        #expect(bucket.wait(at: late) >= .milliseconds(10) && bucket.wait(at: late) < .milliseconds(11))
    }

    @Test func whatOverdrawsIsPaidBack() {
        var bucket = TokenBucket(bytesPerSecond: 1_000_000)
        bucket.take(4 << 20, at: .zero)
        #expect(!bucket.isFree(at: .zero + .seconds(4)))
        #expect(bucket.isFree(at: .zero + .milliseconds(4150)))
    }

    @Test func extremesDoNotOverflow() {
        var slow = TokenBucket(bytesPerSecond: 0)
        slow.take(.max, at: .zero)
        #expect(!slow.isFree(at: .zero + .seconds(1 << 29)))
        var fast = TokenBucket(bytesPerSecond: .max)
        fast.take(.max, at: .zero)
        #expect(fast.isFree(at: .zero + .seconds(2)))
        #expect(fast.allowance(at: .zero + .seconds(9)) > 0)
    }
}
