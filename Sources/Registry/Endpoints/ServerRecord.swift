/// What is known about one server of a registry.
struct ServerRecord: Sendable {
    var health = EndpointHealth()
    /// It asked not to be asked before this.
    var pausedUntil: ContinuousClock.Instant?
    var rateLimit: RateLimit?

    /// How long it still asks to be left alone; nil when it does not.
    func pause(at now: ContinuousClock.Instant) -> Duration? {
        guard let pausedUntil, pausedUntil > now else { return nil }
        return pausedUntil - now
    }
}
