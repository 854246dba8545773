/// A zone's links to all others.
struct SimulatedZone {
    let name: String
    /// nil for a link without a limit.
    let up: FluidNetwork.PortID?
    let down: FluidNetwork.PortID?
    /// One way to any other zone, beside the network's, nanoseconds.
    let latency: Int64
    let loss: Double
    /// Nothing comes in or out until then, nanoseconds.
    var cutUntil: Int64 = 0
}
