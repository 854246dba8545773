/// Links of limited rate, and flows that share them.
///
/// Rates are those of max-min fairness, which is what many TCP connections come to: no flow can have more without taking from one that has no
/// more than it. Bytes flow as of a fluid; a caller asks how many of a flow's bytes are through, and when some will be.
struct FluidNetwork {
    typealias PortID = Int32
    typealias FlowID = Int32

    struct Port {
        /// Bytes a second.
        var capacity: Double
        var flows: [FlowID] = []
        var used = 0.0

        var rest: Double { max(0, capacity - used) }
    }

    struct Flow {
        let ports: FlowPath
        /// Bytes a second that it takes at most, whatever its links carry.
        var limit = Double.infinity
        var isRunning = false
        var rate = 0.0
        /// Bytes that were through at `since`, nanoseconds.
        var sent = 0.0
        var since: Int64 = 0
    }

    private(set) var ports: [Port] = []
    private(set) var flows: [Flow] = []
    private var free: [FlowID] = []
    /// Flows whose rate has changed since the caller last looked.
    private var changed: [FlowID] = []
    private var reported: [FlowID] = []
    private var isChanged: [Bool] = []
    /// With more links than this, shares are settled around a change only, not all over.
    private let exactPortLimit: Int
    private var filling = ProgressiveFilling()
    /// Running flows that have a limit of their own.
    private var limited: [FlowID] = []
    /// Rates are to be given out anew, all over.
    private var isStale = false

    init(exactPortLimit: Int = 160) { self.exactPortLimit = exactPortLimit }

    // MARK: Links

    /// - Parameter capacity: bytes a second; infinite for a link that limits nothing, which costs nothing either.
    mutating func addPort(_ capacity: Double) -> PortID? {
        guard capacity < .infinity else { return nil }
        ports.append(Port(capacity: max(capacity, 1)))
        return PortID(ports.count - 1)
    }

    mutating func setCapacity(_ port: PortID, _ capacity: Double, now: Int64) {
        ports[Int(port)].capacity = max(capacity, 1)
        if isExact {
            isStale = true
        } else if ports[Int(port)].used > ports[Int(port)].capacity {
            cut(port, now)
        } else {
            fill(port, now)
        }
    }

    // MARK: Flows

    mutating func open(through ports: [PortID]) -> FlowID {
        if let id = free.popLast() {
            flows[Int(id)] = Flow(ports: FlowPath(ports))
            return id
        }
        flows.append(Flow(ports: FlowPath(ports)))
        isChanged.append(false)
        return FlowID(flows.count - 1)
    }

    /// Sets what the flow takes at most, before it starts.
    mutating func setLimit(_ id: FlowID, _ bytesPerSecond: Double) { flows[Int(id)].limit = bytesPerSecond }

    mutating func close(_ id: FlowID, now: Int64) {
        stop(id, now: now)
        free.append(id)
    }

    /// It has bytes to send.
    mutating func start(_ id: FlowID, now: Int64) {
        guard !flows[Int(id)].isRunning else { return }
        flows[Int(id)].isRunning = true
        flows[Int(id)].since = now
        for port in flows[Int(id)].ports { ports[Int(port)].flows.append(id) }
        if flows[Int(id)].limit < .infinity, !flows[Int(id)].ports.isEmpty { limited.append(id) }
        if flows[Int(id)].ports.isEmpty {
            setRate(id, min(Self.unlimited, flows[Int(id)].limit), now)
        } else if isExact {
            isStale = true
        } else {
            settle(newcomer: id, now)
        }
    }

    /// It has none any more.
    mutating func stop(_ id: FlowID, now: Int64) {
        guard flows[Int(id)].isRunning else { return }
        setRate(id, 0, now)
        flows[Int(id)].isRunning = false
        if flows[Int(id)].limit < .infinity { limited.removeAll { $0 == id } }
        for port in flows[Int(id)].ports {
            guard let index = ports[Int(port)].flows.firstIndex(of: id) else { continue }
            ports[Int(port)].flows.swapAt(index, ports[Int(port)].flows.count - 1)
            ports[Int(port)].flows.removeLast()
        }
        if isExact {
            isStale = true
        } else {
            for port in flows[Int(id)].ports { fill(port, now) }
        }
    }

    /// Bytes of the flow that are through by now.
    func sent(_ id: FlowID, now: Int64) -> Double {
        let flow = flows[Int(id)]
        return flow.sent + flow.rate * Double(now - flow.since) / 1e9
    }

    /// When so many bytes of the flow will be through if its rate stays: nanoseconds, rounded up; nil while it stands still.
    func time(of position: Double, _ id: FlowID) -> Int64? {
        let flow = flows[Int(id)]
        guard flow.rate > 0 else { return nil }
        let nanoseconds = (position - flow.sent) / flow.rate * 1e9
        return nanoseconds < 4e18 ? flow.since + Int64(max(0, nanoseconds).rounded(.up)) : nil
    }

    /// Settles what flows have come and gone at this moment, all at once, and tells whose rates are others now.
    mutating func takeChanged(now: Int64) -> [FlowID] {
        if isStale {
            isStale = false
            filling.fill(ports, flows, limited: limited)
            for (id, rate) in filling.rates { setRate(id, rate, now) }
        }
        // Two lists in turn: one that the caller still holds would be copied to be emptied.
        swap(&changed, &reported)
        changed.removeAll(keepingCapacity: true)
        for id in reported { isChanged[Int(id)] = false }
        return reported
    }

    mutating func setRate(_ id: FlowID, _ rate: Double, _ now: Int64) {
        let flow = flows[Int(id)]
        guard rate != flow.rate else { return }
        flows[Int(id)].sent = sent(id, now: now)
        flows[Int(id)].since = now
        flows[Int(id)].rate = rate
        for port in flow.ports { ports[Int(port)].used += rate - flow.rate }
        if !isChanged[Int(id)] {
            isChanged[Int(id)] = true
            changed.append(id)
        }
    }

    // MARK: Shares

    /// Bytes a second of a flow through no link that limits it.
    private static let unlimited = 1e12

    private var isExact: Bool { ports.count <= exactPortLimit }

    /// The level at which `limits`, each cut at it, add up to `capacity`; infinite if all of them together do not.
    static func level(_ capacity: Double, _ limits: [Double]) -> Double {
        var rest = capacity
        let ascending = limits.sorted()
        for (index, limit) in ascending.enumerated() {
            let share = rest / Double(ascending.count - index)
            if limit > share { return share }
            rest -= limit
        }
        return .infinity
    }
}
