import Testing

@testable import Swarm

@Suite struct SharedTests {
    @Test func whoChangesItHasItsOwn() {
        let one = NodeSettings(node: NodeID(high: 1, low: 1), cluster: "test", zone: "", address: "10.0.0.1:7000")
        var other = one
        other.transfer.neighbours = 3
        #expect(one.transfer.neighbours == TransferPolicy().neighbours && other.transfer.neighbours == 3)
    }
}
