import BasicContainers

/// Links of limited rate, and flows that share them.
///
/// Rates are those of max-min fairness, which is what many TCP connections come to: no flow can have more without taking from one that has no
/// more than it. Bytes flow as of a fluid; a caller asks how many of a flow's bytes are through, and when some will be.
struct FluidNetwork: ~Copyable {
    typealias PortID = Int32
    typealias FlowID = Int32

    struct Port: ~Copyable {
        /// Bytes a second.
        var capacity: Double
        /// Those that are running; not kept in steps.
        var flows = UniqueArray<Passing>()

        init(capacity: Double) { self.capacity = capacity }
    }

    /// A flow at one of its links.
    struct Passing {
        let flow: FlowID
        /// The only other link of its path, which so need not be asked for; -1 if there are more, or none.
        let other: PortID
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
        /// The caller is to be told that it has another rate.
        var isChanged = false
        /// In steps only: where it is in `moving` while it is running, which knows `rate` and `sent` then.
        var place = 0

        /// Asked one by one, as the whole path would else be copied to go through it.
        var hops: Int { ports.count }
        func port(_ hop: Int) -> PortID { ports[hop] }

        /// Bytes that are through by now; not kept in steps.
        func sent(by now: Int64) -> Double { sent + rate * Double(now - since) / 1e9 }

        func time(of position: Double) -> Int64? {
            guard rate > 0 else { return nil }
            let nanoseconds = max(0, (position - sent) / rate * 1e9)
            guard nanoseconds < 4e18 else { return nil }
            let whole = Int64(nanoseconds)
            return since + whole + (Double(whole) < nanoseconds ? 1 : 0)
        }

        /// - Returns: whether the caller is to be told, and does not know yet that it is.
        mutating func change(_ rate: Double, _ now: Int64) -> Bool {
            guard rate != self.rate else { return false }
            (sent, since) = (sent(by: now), now)
            self.rate = rate
            defer { isChanged = true }
            return !isChanged
        }
    }

    private(set) var ports = UniqueArray<Port>()
    var flows: [Flow] = []
    private var free: [FlowID] = []
    /// Flows whose rate has changed since the caller last looked.
    private var changed: [FlowID] = []
    private var reported: [FlowID] = []
    private var filling = ProgressiveFilling()
    /// Running flows that have a limit of their own.
    private var limited: [FlowID] = []
    /// Links of flows that have come or gone since rates were given out, and whether more than that has changed.
    private var stale: [PortID] = []
    private var isAllStale = true

    /// Shares are settled once a step, by `settle(step:)`, and not at every change.
    let isStepped: Bool
    /// In steps only: by port, and the flows that have bytes to send.
    var steps: [StepPort] = []
    /// In steps only: bytes that each link has carried of what the step allowed.
    var spent: [Double] = []
    var moving: [MovingFlow] = []
    /// In steps only, nanoseconds: when all of these were moved on last.
    var movedAt: Int64 = 0
    /// Of these, those that reached their milestones in the last step, and the bytes of each so far.
    var reached: [(flow: FlowID, sent: Double)] = []
    /// Memory of `settle(step:)`.
    var growing: [Int32] = []

    init(isStepped: Bool = false) { self.isStepped = isStepped }

    // MARK: Links

    /// - Parameter capacity: bytes a second; infinite for a link that limits nothing, which costs nothing either.
    mutating func addPort(_ capacity: Double) -> PortID? {
        guard capacity < .infinity else { return nil }
        ports.append(Port(capacity: max(capacity, 1)))
        isAllStale = true
        if isStepped {
            steps.append(StepPort())
            spent.append(0)
        }
        return PortID(ports.count - 1)
    }

    mutating func setCapacity(_ port: PortID, _ capacity: Double) {
        ports[Int(port)].capacity = max(capacity, 1)
        isAllStale = true
    }

    // MARK: Flows

    mutating func open(through ports: [PortID]) -> FlowID {
        if let id = free.popLast() {
            let isChanged = flows[Int(id)].isChanged
            flows[Int(id)] = Flow(ports: FlowPath(ports), isChanged: isChanged)
            return id
        }
        flows.append(Flow(ports: FlowPath(ports)))
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
        guard !isStepped else {
            flows[Int(id)].place = moving.count
            moving.append(MovingFlow(id: id, flows[Int(id)]))
            return
        }
        let path = flows[Int(id)].ports
        for port in path { ports[Int(port)].flows.append(Passing(flow: id, other: path.count == 2 ? path[0] + path[1] - port : -1)) }
        if flows[Int(id)].ports.isEmpty {
            setRate(id, min(Self.unlimited, flows[Int(id)].limit), now)
        } else {
            if flows[Int(id)].limit < .infinity { limited.append(id) }
            stale += path
        }
    }

    /// It has none any more.
    mutating func stop(_ id: FlowID, now: Int64) {
        guard flows[Int(id)].isRunning else { return }
        flows[Int(id)].isRunning = false
        guard !isStepped else {
            let place = flows[Int(id)].place
            flows[Int(id)].sent = moving[place].sent
            moving.swapAt(place, moving.count - 1)
            flows[Int(moving[place].id)].place = place
            moving.removeLast()
            return
        }
        setRate(id, 0, now)
        filling.stop(id)
        if flows[Int(id)].limit < .infinity { limited.removeAll { $0 == id } }
        for port in flows[Int(id)].ports {
            let last = ports[Int(port)].flows.removeLast()
            guard last.flow != id else { continue }
            var index = 0
            while ports[Int(port)].flows[index].flow != id { index += 1 }
            ports[Int(port)].flows[index] = last
        }
        stale += flows[Int(id)].ports
    }

    // Inlined, as whoever asks a network in a class would copy all of it first.

    /// Bytes a second.
    @inline(__always)
    func rate(of id: FlowID) -> Double {
        isStepped && flows[Int(id)].isRunning ? moving[flows[Int(id)].place].rate : flows[Int(id)].rate
    }

    /// Bytes of the flow that are through by now.
    @inline(__always)
    func sent(_ id: FlowID, now: Int64) -> Double {
        guard isStepped, flows[Int(id)].isRunning else { return flows[Int(id)].sent(by: now) }
        let moving = moving[flows[Int(id)].place]
        return moving.sent + moving.rate * Double(now - movedAt) / 1e9
    }

    /// When so many bytes of the flow will be through if its rate stays: nanoseconds, rounded up; nil while it stands still.
    @inline(__always)
    func time(of position: Double, _ id: FlowID) -> Int64? { flows[Int(id)].time(of: position) }

    /// Whether there may be anything that `takeChanged` tells.
    @inline(__always)
    var isAnyChanged: Bool { isAllStale || !stale.isEmpty || !changed.isEmpty }

    /// Settles what flows have come and gone at this moment, all at once, and tells whose rates are others now.
    mutating func takeChanged(now: Int64) -> [FlowID] {
        if isAllStale || !stale.isEmpty {
            filling.fill(ports, flows, limited: limited, changed: isAllStale ? nil : stale)
            isAllStale = false
            stale.removeAll(keepingCapacity: true)
            Self.setRates(filling.rates, filling.rateCount, &flows, &changed, now)
        }
        // Two lists in turn: one that the caller still holds would be copied to be emptied.
        swap(&changed, &reported)
        changed.removeAll(keepingCapacity: true)
        for id in reported { flows[Int(id)].isChanged = false }
        return reported
    }

    private mutating func setRate(_ id: FlowID, _ rate: Double, _ now: Int64) {
        if flows[Int(id)].change(rate, now) { changed.append(id) }
    }

    /// Of lists, not of a network, so that each is asked for its memory once and not at every flow.
    private static func setRates(
        _ rates: borrowing UniqueArray<ProgressiveFilling.Rate>, _ count: Int, _ flows: inout [Flow], _ changed: inout [FlowID],
        _ now: Int64
    ) {
        var flows = flows.mutableSpan
        for index in 0..<count where flows[Int(rates[index].id)].change(rates[index].rate, now) { changed.append(rates[index].id) }
    }

    /// Bytes a second of a flow through no link that limits it.
    static let unlimited = 1e12
}
