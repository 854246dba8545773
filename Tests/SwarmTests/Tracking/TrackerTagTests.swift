import Swarm
import Testing

/// One question to a registry for all agents, and one pause for all.
@Suite struct TrackerTagTests {
    private let tag = WireSamples.tag
    private let meaning = WireSamples.meaning
    private var ask: TrackerRequest { .askTag(tag, notOlderThan: .seconds(30)) }

    @Test func oneAsksAndAllAreTold() throws {
        var bench = TrackerBench()
        #expect(try bench.say(0, ask) == [.askOrigin(tag)])
        for node in 1..<50 { #expect(try bench.say(node, ask) == []) }
        #expect(try bench.say(0, .tellTag(tag, meaning)) == [])
        for node in 1..<50 { #expect(bench.heard[node] == [.meaning(tag, meaning, age: .zero)]) }
        bench.tick(after: .seconds(29))
        #expect(try bench.say(50, ask) == [.meaning(tag, meaning, age: .seconds(29))])
        #expect(try bench.say(51, .askTag(tag, notOlderThan: .seconds(5))) == [.askOrigin(tag)], "it wants to know it better")
        bench.tick(after: .seconds(1))
        #expect(try bench.say(52, ask) == [], "the other one is asking")
        #expect(bench.index.tagCount == 1)
    }

    @Test func otherTagsAreOthers() throws {
        var bench = TrackerBench()
        _ = try bench.say(0, .tellTag(tag, meaning))
        let other = try #require(TagName(registry: tag.registry, repository: tag.repository, tag: "latest", isForEverybody: true))
        #expect(try bench.say(1, .askTag(other, notOlderThan: .seconds(30))) == [.askOrigin(other)])
        #expect(try bench.say(1, ask) == [.meaning(tag, meaning, age: .zero)])
    }

    @Test(arguments: ["gone", "slow", "failed"]) func whoDoesNotBringItIsReplaced(how: String) throws {
        var bench = TrackerBench()
        for node in 0..<3 { _ = try bench.say(node, ask) }
        switch how {
        case "gone": bench.disconnect(0)
        case "slow": bench.tick(after: .seconds(3))
        default: _ = try bench.say(0, .tellTag(tag, nil))
        }
        #expect(bench.heard[1] == [.askOrigin(tag)])
        #expect(bench.heard[2] == nil)
        _ = try bench.say(1, .tellTag(tag, meaning))
        #expect(bench.heard[2] == [.meaning(tag, meaning, age: .zero)])
    }

    @Test func afterThreeFailuresEachAsksByItself() throws {
        var bench = TrackerBench()
        for node in 0..<10 { _ = try bench.say(node, ask) }
        for node in 0..<3 { _ = try bench.say(node, .tellTag(tag, nil)) }
        for node in 3..<10 { #expect(bench.heard[node] == [.askOrigin(tag)]) }
        #expect(bench.index.tagCount == 0)
        #expect(try bench.say(3, .tellTag(tag, nil)) == [], "nobody asked it for the others")
    }

    @Test func whoWaitsAndGoesIsNotTold() throws {
        var bench = TrackerBench()
        for node in 0..<3 { _ = try bench.say(node, ask) }
        bench.disconnect(1)
        bench.disconnect(0)
        #expect(bench.heard[1] == nil)
        #expect(bench.heard[2] == [.askOrigin(tag)])
        bench.disconnect(2)
        #expect(bench.index.tagCount == 0)
    }

    /// They wait for whoever may ask, are told what is known, and never become the one that asks for others.
    @Test func whoIsOfflineAsksForNobody() throws {
        var bench = TrackerBench()
        for node in 0..<5 { _ = try bench.say(node, .offline) }
        for node in 0..<5 { #expect(try bench.say(node, ask) == [.askOrigin(tag)], "nobody asks, so each has only what it remembers") }
        #expect(bench.index.tagCount == 0)
        #expect(try bench.say(5, ask) == [.askOrigin(tag)])
        for node in [0, 1, 2, 3, 6] { #expect(try bench.say(node, ask) == []) }
        let heard = bench.heard
        bench.disconnect(5)
        #expect(bench.heard[6] == [.askOrigin(tag)])
        for node in 0..<5 { #expect(bench.heard[node] == heard[node]) }
        bench.tick(after: .seconds(2))
        _ = try bench.say(6, .tellTag(tag, meaning))
        for node in 0..<4 { #expect(bench.heard[node]?.last == .meaning(tag, meaning, age: .zero)) }
        #expect(try bench.say(4, ask) == [.meaning(tag, meaning, age: .zero)])
    }

    @Test func whoIsOfflineIsLeftAloneWithTheOthers() throws {
        var bench = TrackerBench()
        _ = try bench.say(0, .offline)
        _ = try bench.say(1, ask)
        #expect(try bench.say(0, ask) == [])
        _ = try bench.say(1, .tellTag(tag, nil))
        #expect(bench.heard[0]?.last == .askOrigin(tag))
        #expect(bench.index.tagCount == 0)
    }

    @Test func oldTagsAreForgotten() throws {
        var bench = TrackerBench()
        _ = try bench.say(0, .tellTag(tag, meaning))
        bench.tick(after: .seconds(599))
        #expect(bench.index.tagCount == 1)
        bench.tick(after: .seconds(61))
        #expect(bench.index.tagCount == 0)
    }

    @Test func whatDoesNotFitIsAskedByAll() throws {
        var bench = TrackerBench()
        for number in 0..<65_536 {
            let name = try #require(TagName(registry: "r", repository: "a", tag: "\(number)", isForEverybody: true))
            _ = try bench.say(0, .tellTag(name, meaning))
        }
        for node in 1..<3 { #expect(try bench.say(node, ask) == [.askOrigin(tag)]) }
        _ = try bench.say(1, .tellTag(tag, meaning))
        #expect(bench.index.tagCount == 65_536)
    }

    @Test func aPauseIsEverybodys() throws {
        var bench = TrackerBench()
        for node in 0..<3 { bench.connect(node) }
        let server = "https://registry-1.docker.io"
        #expect(try bench.say(0, .pause(server: server, .seconds(60))) == [])
        for node in 1..<3 { #expect(bench.heard[node] == [.pause(server: server, .seconds(60))]) }
        bench.tick(after: .seconds(20))
        // What was under way to the server is told the same; that is no news.
        _ = try bench.say(1, .pause(server: server, .seconds(40)))
        #expect(bench.heard[2]?.count == 1)
        bench.connect(3)
        #expect(bench.heard[3] == [.pause(server: server, .seconds(40))])
        _ = try bench.say(1, .pause(server: server, .seconds(100_000)))
        #expect(bench.heard[2]?.last == .pause(server: server, .seconds(3600)), "an hour is believed, no more")
        bench.tick(after: .seconds(3601))
        bench.connect(4)
        #expect(bench.heard[4] == nil)
    }

    @Test func pausesAreBounded() throws {
        var bench = TrackerBench()
        bench.connect(1)
        for number in 0..<2000 { _ = try bench.say(0, .pause(server: "s\(number)", .seconds(30))) }
        #expect(bench.heard[1]?.count == 1024)
        bench.tick(after: .seconds(31))
        _ = try bench.say(0, .pause(server: "new", .seconds(30)))
        #expect(bench.heard[1]?.count == 1025)
        _ = try bench.say(0, .pause(server: "none", .zero))
        #expect(bench.heard[1]?.count == 1025)
    }

    @Test(arguments: ["", String(repeating: "a", count: 256)]) func namesAreBounded(part: String) {
        #expect(TagName(registry: part, repository: "a", tag: "b", isForEverybody: true) == nil)
        #expect(TagName(registry: "a", repository: part, tag: "b", isForEverybody: true) == nil)
        #expect(TagName(registry: "a", repository: "b", tag: part, isForEverybody: true) == nil)
    }
}
