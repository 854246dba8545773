import PeerNetwork
import Swarm
import Testing

@Suite(.timeLimit(.minutes(2)))
struct ConnectionLimitTests {
    /// Whoever has as many connections as it may serves one more agent, once nothing is going on by the others.
    @Test func anIdleConnectionMakesRoom() async throws {
        let contents = [try Content(size: 1_000_000), try Content(size: 900_000)]
        let origin = TestOrigin(contents)
        try await Cluster.with(origin) { cluster in
            let seed = try await cluster.agent { $0.connectionLimit = 1 }
            for content in contents {
                #expect(try await seed.read(content) == content.bytes)
                try await seed.holds(content)
            }
            let asked = await origin.fetches.count
            let first = try await cluster.agent()
            #expect(try await first.read(contents[0]) == contents[0].bytes)
            try await first.holds(contents[0])
            try await Task.sleep(for: .seconds(6))  // this time makes room: `NodeSettings.idleAfter`, and as much for last words
            let second = try await cluster.agent()
            #expect(try await second.read(contents[1]) == contents[1].bytes)
            #expect(await origin.fetches.count == asked)
            #expect(seed.counts.bytes.sent == contents.reduce(0) { $0 + $1.bytes.count })
        }
    }
}
