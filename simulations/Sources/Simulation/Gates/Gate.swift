/// Something that must be true of the simulator, or of the policy that ships, before its figures are believed.
public struct Gate: Sendable {
    public let name: String
    /// What was found, and whether it is as it must be.
    public struct Verdict: Hashable, Sendable {
        public let found: String
        public let mustBe: String
        public let holds: Bool
    }

    private let judge: @Sendable () -> Verdict

    init(_ name: String, _ judge: @escaping @Sendable () -> Verdict) {
        self.name = name
        self.judge = judge
    }

    /// Seconds of work.
    public func verdict() -> Verdict { judge() }
}
