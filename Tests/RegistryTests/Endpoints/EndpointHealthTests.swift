import Testing

@testable import Registry

@Suite struct EndpointHealthTests {
    private let start = ContinuousClock.now
    private let health = Subject()

    /// Fails as often as it takes.
    private func breakDown() {
        for _ in 1..<EndpointHealth.failureLimit { #expect(health.failed(at: start) == nil) }
        #expect(health.failed(at: start) == EndpointHealth.firstPause)
    }

    @Test func someFailuresInARowAreTooMany() {
        #expect(health.failed(at: start) == nil)
        #expect(health.failed(at: start) == nil)
        #expect(health.answered() == false)
        breakDown()
        #expect(!health.isTrusted)
        #expect(!health.admits(at: start + EndpointHealth.firstPause - .nanoseconds(1)))
    }

    @Test func oneRequestTriesAgain() {
        breakDown()
        let later = start + EndpointHealth.firstPause
        #expect(health.admits(at: later))
        #expect(!health.admits(at: later))
        #expect(health.answered())
        #expect(health.isTrusted)
        #expect(health.admits(at: later))
    }

    @Test func pausesGrow() {
        breakDown()
        var now = start
        var pauses: [Duration] = []
        var pause = EndpointHealth.firstPause
        for _ in 0..<6 {
            now += pause
            #expect(health.admits(at: now))
            pause = health.failed(at: now) ?? .zero
            pauses.append(pause)
        }
        #expect(pauses == [10, 20, 40, 80, 120, 120].map { .seconds($0) })
    }

    /// A request that was under way when the server was given up says nothing new.
    @Test func lateFailuresDoNotCount() {
        breakDown()
        #expect(health.failed(at: start + .seconds(1)) == nil)
        #expect(health.admits(at: start + EndpointHealth.firstPause))
    }

    /// Whoever was to try was cancelled.
    @Test func aTryWithoutAnEndIsFollowedByAnother() {
        breakDown()
        let later = start + EndpointHealth.firstPause
        #expect(health.admits(at: later))
        #expect(!health.admits(at: later + EndpointHealth.firstPause - .nanoseconds(1)))
        #expect(health.admits(at: later + EndpointHealth.firstPause))
    }
}

/// The machine behind a reference, since the macro that checks takes no mutating calls.
private final class Subject {
    private var health = EndpointHealth()

    var isTrusted: Bool { health.isTrusted }
    func admits(at now: ContinuousClock.Instant) -> Bool { health.admits(at: now) }
    func answered() -> Bool { health.answered() }
    func failed(at now: ContinuousClock.Instant) -> Duration? { health.failed(at: now) }
}
