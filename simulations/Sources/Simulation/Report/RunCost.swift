/// What a run took of the machine on which it was simulated.
public struct RunCost: Sendable {
    /// Real time.
    public var took: Duration
    /// Memory of the process at its most, bytes.
    public var peakBytes: UInt64

    public init(took: Duration, peakBytes: UInt64) {
        self.took = took
        self.peakBytes = peakBytes
    }
}
