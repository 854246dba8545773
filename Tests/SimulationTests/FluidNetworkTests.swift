import Swarm
import Testing

@testable import Simulation

@Suite struct FluidNetworkTests {
    /// Flows over random pairs of links, some of them with a limit of their own.
    private func network(exact: Bool, seed: UInt64, nodes: Int = 40, flows: Int = 160) -> (FluidNetwork, [FluidNetwork.FlowID]) {
        var random = SeededGenerator(seed: seed)
        var network = FluidNetwork(exactPortLimit: exact ? .max : 0)
        let ups = (0..<nodes).compactMap { _ in network.addPort(Double(1 + random.next() % 10) * 1e6) }
        let downs = (0..<nodes).compactMap { _ in network.addPort(Double(1 + random.next() % 10) * 1e6) }
        var running: [FluidNetwork.FlowID] = []
        for _ in 0..<flows {
            let flow = network.open(through: [ups[Int(random.next() % UInt64(nodes))], downs[Int(random.next() % UInt64(nodes))]])
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
        return (network, running)
    }

    private func sum(_ network: FluidNetwork) -> Double { network.flows.reduce(0) { $0 + $1.rate } }

    @Test func aLinkIsSharedEqually() {
        var network = FluidNetwork()
        let ports = [9e6, 1e6].compactMap { network.addPort($0) }
        let (wide, narrow) = (ports[0], ports[1])
        let flows = [network.open(through: [wide]), network.open(through: [wide]), network.open(through: [wide, narrow])]
        for flow in flows { network.start(flow, now: 0) }
        #expect(network.takeChanged(now: 0).sorted() == flows)
        #expect(flows.map { network.flows[Int($0)].rate } == [4e6, 4e6, 1e6])
        network.stop(flows[0], now: 1_000_000_000)
        #expect(network.takeChanged(now: 1_000_000_000) == [flows[0], flows[1]])
        #expect(network.sent(flows[0], now: 2_000_000_000) == 4e6)
        #expect(network.flows[Int(flows[1])].rate == 8e6)
        #expect(network.time(of: 20e6, flows[1]) == 3_000_000_000)
    }

    @Test(arguments: [true, false], 1...10 as ClosedRange<UInt64>) func noLinkCarriesMoreThanItCan(exact: Bool, seed: UInt64) {
        let (network, _) = network(exact: exact, seed: seed)
        for port in network.ports {
            let used = port.flows.reduce(0) { $0 + network.flows[Int($1)].rate }
            #expect(used <= port.capacity * 1.000_001)
            #expect(abs(used - port.used) <= port.capacity * 1e-6)
        }
        for flow in network.flows { #expect(flow.rate <= flow.limit) }
    }

    /// Max-min fairness: every flow is held back by a link that is full, and on which nobody has more.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func noFlowCouldHaveMore(seed: UInt64) {
        let (network, flows) = network(exact: true, seed: seed)
        for id in flows {
            let flow = network.flows[Int(id)]
            let isHeldBack = flow.ports.contains { port in
                let full = network.ports[Int(port)]
                return full.rest < full.capacity * 1e-6 && full.flows.allSatisfy { network.flows[Int($0)].rate <= flow.rate * 1.000_001 }
            }
            #expect(isHeldBack || flow.rate == flow.limit)
        }
    }

    /// What is settled around each change only comes near it: all together carry as much, and no flow is left with nearly nothing.
    @Test(arguments: 1...10 as ClosedRange<UInt64>) func settledAroundAChangeIsNearlyAsFair(seed: UInt64) {
        let (exact, flows) = network(exact: true, seed: seed)
        let (local, _) = network(exact: false, seed: seed)
        #expect(abs(sum(local) - sum(exact)) < 0.05 * sum(exact))
        let least = flows.map { local.flows[Int($0)].rate / exact.flows[Int($0)].rate }.min() ?? 0
        #expect(least > 0.3)
    }
}
