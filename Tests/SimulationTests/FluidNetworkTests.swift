import BasicContainers
import Swarm
import Testing

@testable import Simulation

@Suite struct FluidNetworkTests {
    /// Flows over random pairs of links, some of them over links between zones too, some with a limit of their own.
    private func network(seed: UInt64, nodes: Int = 40, flows: Int = 160) -> FluidNetwork {
        var random = SeededGenerator(seed: seed)
        var network = FluidNetwork()
        let ups = (0..<nodes).compactMap { _ in network.addPort(Double(1 + random.next() % 10) * 1e6) }
        let downs = (0..<nodes).compactMap { _ in network.addPort(Double(1 + random.next() % 10) * 1e6) }
        let between = [20e6, 5e6].compactMap { network.addPort($0) }
        var running: [FluidNetwork.FlowID] = []
        for _ in 0..<flows {
            let beyond = random.next() % 4 == 0 ? between : []
            let flow = network.open(
                through: [ups[Int(random.next() % UInt64(nodes))]] + beyond + [downs[Int(random.next() % UInt64(nodes))]])
            if random.next() % 8 == 0 { network.setLimit(flow, 300_000) }
            network.start(flow, now: 0)
            running.append(flow)
        }
        // Come and go.
        for _ in 0..<flows {
            let index = Int(random.next() % UInt64(running.count))
            network.stop(running[index], now: 0)
            network.start(running[index], now: 0)
        }
        _ = network.takeChanged(now: 0)
        return network
    }

    @Test func aLinkIsSharedEqually() {
        var network = FluidNetwork()
        let ports = [9e6, 1e6].compactMap { network.addPort($0) }
        let (wide, narrow) = (ports[0], ports[1])
        let flows = [network.open(through: [wide]), network.open(through: [wide]), network.open(through: [wide, narrow])]
        for flow in flows { network.start(flow, now: 0) }
        let begun = network.takeChanged(now: 0)
        #expect(begun.sorted() == flows)
        #expect(network.flows.map(\.rate) == [4e6, 4e6, 1e6])
        network.stop(flows[0], now: 1_000_000_000)
        let changed = network.takeChanged(now: 1_000_000_000)
        #expect(changed == [flows[0], flows[1]])
        let (sent, end) = (network.sent(flows[0], now: 2_000_000_000), network.time(of: 20e6, flows[1]))
        #expect(sent == 4e6)
        #expect(network.flows[Int(flows[1])].rate == 8e6)
        #expect(end == 3_000_000_000)
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>) func noLinkCarriesMoreThanItCan(seed: UInt64) {
        let network = network(seed: seed)
        for port in network.ports.indices {
            let (used, capacity) = (used(port, network), network.ports[port].capacity)
            #expect(used <= capacity * 1.000_001)
        }
        for flow in network.flows { #expect(flow.rate <= flow.limit) }
    }

    /// The flows that run through a link.
    private func flows(_ port: Int, _ network: borrowing FluidNetwork) -> [FluidNetwork.Flow] {
        network.flows.filter { $0.isRunning && $0.ports.contains(Int32(port)) }
    }

    private func used(_ port: Int, _ network: borrowing FluidNetwork) -> Double { flows(port, network).reduce(0) { $0 + $1.rate } }

    /// Max-min fairness: every flow is held back by a link that is full, and on which nobody has more.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func noFlowCouldHaveMore(seed: UInt64) {
        let network = network(seed: seed)
        #expect(network.flows.count(where: \.isRunning) == 160)
        for flow in network.flows where flow.isRunning {
            var isHeldBack = false
            for port in flow.ports.map({ Int($0) }) where used(port, network) > network.ports[port].capacity * 0.999_999 {
                if flows(port, network).allSatisfy({ $0.rate <= flow.rate * 1.000_001 }) { isHeldBack = true }
            }
            #expect(isHeldBack || flow.rate == flow.limit)
        }
    }

    /// Rates are found from those of before; they are to be what they would be if nothing had been before.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func whatWasBeforeDoesNotMatter(seed: UInt64) {
        var network = network(seed: seed)
        var random = SeededGenerator(seed: seed + 100)
        // Those with a limit of their own are done with after a while, and come again.
        let limited = network.flows.indices.filter { network.flows[$0].limit < .infinity }
        for change in 0..<200 {
            let flow = change < limited.count ? limited[change] : Int(random.next() % UInt64(network.flows.count))
            if network.flows[flow].isRunning {
                network.stop(Int32(flow), now: 0)
            } else if network.flows[flow].limit == .infinity || change > 150 {
                network.start(Int32(flow), now: 0)
            }
            if change == 100 { network.setCapacity(0, 3e6) }
            if random.next() % 3 == 0 { continue }
            _ = network.takeChanged(now: 0)
            var fresh = FluidNetwork()
            for port in network.ports.indices { _ = fresh.addPort(network.ports[port].capacity) }
            for flow in network.flows {
                let id = fresh.open(through: Array(flow.ports))
                fresh.setLimit(id, flow.limit)
                if flow.isRunning { fresh.start(id, now: 0) }
            }
            _ = fresh.takeChanged(now: 0)
            let (rates, anew) = (network.flows.map(\.rate), fresh.flows.map(\.rate))
            #expect(rates == anew)
        }
    }
}

@Suite struct SteppedNetworkTests {
    private static let step = 0.001

    /// Flows over random pairs of links that all run, in steps or not.
    private func network(isStepped: Bool, seed: UInt64, nodes: Int = 40, flows: Int = 160) -> FluidNetwork {
        var random = SeededGenerator(seed: seed)
        var network = FluidNetwork(isStepped: isStepped)
        let ups = (0..<nodes).compactMap { _ in network.addPort(Double(1 + random.next() % 10) * 1e6) }
        let downs = (0..<nodes).compactMap { _ in network.addPort(Double(1 + random.next() % 10) * 1e6) }
        for _ in 0..<flows {
            let flow = network.open(through: [ups[Int(random.next() % UInt64(nodes))], downs[Int(random.next() % UInt64(nodes))]])
            if random.next() % 8 == 0 { network.setLimit(flow, 300_000) }
            network.start(flow, now: 0)
        }
        return network
    }

    /// Bytes that each flow has brought.
    private func sent(_ network: borrowing FluidNetwork) -> [Double] {
        var sent: [Double] = []
        for flow in network.flows.indices { sent.append(network.sent(Int32(flow), now: network.movedAt)) }
        return sent
    }

    private func run(_ network: inout FluidNetwork, steps: Int, from first: Int = 1) {
        for step in first..<first + steps {
            network.settle(step: Self.step)
            network.advance(to: Int64(step) * 1_000_000)
        }
    }

    /// What flows have got after a while is what max-min fair shares would have brought them, but for what four rounds leave of a link.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func flowsGetNearlyTheirShares(seed: UInt64) {
        var exact = network(isStepped: false, seed: seed)
        _ = exact.takeChanged(now: 0)
        var stepped = network(isStepped: true, seed: seed)
        run(&stepped, steps: 100)
        let (whole, wholeExact) = (sent(stepped).reduce(0, +), exact.flows.reduce(0) { $0 + $1.rate } * 0.1)
        #expect(abs(whole - wholeExact) < 0.02 * wholeExact)
        for (sent, other) in zip(sent(stepped), exact.flows) { #expect(sent > 0.75 * other.rate * 0.1) }
    }

    @Test(arguments: 1...10 as ClosedRange<UInt64>) func noLinkCarriesMoreThanItCan(seed: UInt64) {
        var network = network(isStepped: true, seed: seed)
        run(&network, steps: 50)
        let sent = sent(network)
        for port in network.ports.indices {
            let through = zip(network.flows, sent).reduce(0) { $0 + ($1.0.ports.contains(Int32(port)) ? $1.1 : 0) }
            let capacity = network.ports[port].capacity
            #expect(through <= capacity * 50 * Self.step * 1.000_001)
        }
        for (flow, sent) in zip(network.flows, sent) { #expect(sent <= flow.limit * 50 * Self.step * 1.000_001) }
    }

    /// A flow ends within a step: what it leaves is the other's in the next one, and nothing of the link is lost.
    @Test func whatAFlowLeavesIsNotLost() {
        var network = FluidNetwork(isStepped: true)
        let port = network.addPort(1e6).map { [$0] } ?? []
        let (short, long) = (network.open(through: port), network.open(through: port))
        for flow in [short, long] { network.start(flow, now: 0) }
        network.setGoal(short, milestone: 100, end: 100)
        network.settle(step: Self.step)
        network.advance(to: 1_000_000)
        #expect(network.reached.map(\.flow) == [short])
        var brought = sent(network)
        #expect(brought[Int(long)] == 500)
        network.stop(short, now: 1_000_000)
        network.settle(step: Self.step)
        network.advance(to: 2_000_000)
        brought = sent(network)
        #expect(brought[Int(long)] == 1900)
        // Only what is left of one step, and not what nobody wanted.
        network.stop(long, now: 2_000_000)
        run(&network, steps: 5, from: 3)
        network.start(short, now: 7_000_000)
        network.setGoal(short, milestone: .infinity, end: .infinity)
        run(&network, steps: 1, from: 8)
        brought = sent(network)
        #expect(brought[Int(short)] == 1100)
    }
}
