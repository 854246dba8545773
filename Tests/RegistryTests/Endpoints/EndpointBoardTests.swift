import NIOConcurrencyHelpers
import Testing

@testable import Registry

@Suite struct EndpointBoardTests {
    private let clock = NIOLockedValueBox(ContinuousClock.now)
    private let board: EndpointBoard
    private let mirror: OriginURL
    private let source: OriginURL

    init() throws {
        let clock = clock
        board = EndpointBoard(patience: .seconds(10), logger: Rig.silent, seed: 1, now: { clock.withLockedValue { $0 } })
        mirror = try #require(OriginURL(parsing: "http://cache.example"))
        source = try #require(OriginURL(parsing: "https://registry.example/prefix"))
    }

    private func pass(_ duration: Duration) { clock.withLockedValue { $0 += duration } }

    private func note(_ reason: OriginError.Reason, of endpoint: OriginURL, times: Int = 1) async {
        for _ in 0..<times { await board.note(OriginError(reason, registry: "registry.example", path: "/v2/"), of: endpoint) }
    }

    private func fail(_ endpoint: OriginURL) async { await note(.unreachable("refused"), of: endpoint, times: EndpointHealth.failureLimit) }

    /// Whom a request may go to, and how long it might have to wait for others.
    private func choice() async -> EndpointBoard.Choice { await board.choose(among: [mirror, source]) }

    @Test func whoFailsIsNotAdmitted() async {
        #expect(await board.admits(mirror))
        await fail(mirror)
        #expect(await !board.admits(mirror))
        #expect(await board.admits(source))
        #expect(await board.servers.map(\.isTrusted) == [false])
        pass(EndpointHealth.firstPause)
        #expect(await board.admits(mirror))
        #expect(await !board.admits(mirror))
        await board.note(nil as OriginError?, of: mirror)
        #expect(await board.admits(mirror))
        #expect(await board.servers.map(\.isTrusted) == [true])
        #expect(await choice() == .init(servers: [mirror, source], pause: nil))
    }

    @Test(arguments: [.notFound, .hidden, .unauthorized(nil), .status(418), .cancelled] as [OriginError.Reason])
    func answersAreNoFaults(reason: OriginError.Reason) async {
        await note(reason, of: mirror, times: 10)
        #expect(await board.admits(mirror))
    }

    @Test(arguments: [.unreachable(""), .timeout(.head), .badAnswer(""), .status(500), .status(503)] as [OriginError.Reason])
    func faultsAre(reason: OriginError.Reason) async {
        await note(reason, of: mirror, times: 10)
        #expect(await !board.admits(mirror))
    }

    /// A registry is left alone for as long as it asks; another one is asked meanwhile.
    @Test func pauses() async {
        await note(.rateLimited(retryAfterSeconds: 30), of: mirror)
        #expect(await choice() == .init(servers: [source], pause: nil))
        #expect(await board.choose(among: [mirror]) == .init(servers: [], pause: .seconds(30)))
        await note(.rateLimited(retryAfterSeconds: 5), of: mirror)
        pass(.seconds(10))
        #expect(await board.choose(among: [mirror]) == .init(servers: [], pause: .seconds(20)))
        #expect(await board.servers.map(\.pause) == [.seconds(20)])
        await note(.rateLimited(retryAfterSeconds: 25), of: source)
        #expect(await choice() == .init(servers: [], pause: .seconds(20)))
        pass(.seconds(20))
        #expect(await choice() == .init(servers: [mirror], pause: .seconds(5)))
        await note(.rateLimited(retryAfterSeconds: .max), of: mirror)
        #expect(await board.choose(among: [mirror]) == .init(servers: [], pause: RetryPolicy.longestPause))
    }

    /// It does not say for how long: longer each time, till it answers again.
    @Test func pausesWithoutALength() async {
        var pauses: [Duration?] = []
        for _ in 0..<8 {
            await note(.rateLimited(retryAfterSeconds: nil), of: mirror, times: 3)
            let pause = await board.choose(among: [mirror]).pause
            pauses.append(pause)
            pass(pause ?? .zero)
        }
        #expect(pauses == [5, 10, 20, 40, 80, 160, 320, 320].map { .seconds($0) })
        await board.note(nil as OriginError?, of: mirror)
        await note(.rateLimited(retryAfterSeconds: nil), of: mirror)
        #expect(await board.choose(among: [mirror]).pause == .seconds(5))
    }

    /// Somebody gave wrong bytes for it.
    @Test func onlyTheSourceIsAskedForWhatIsDoubted() async {
        await board.doubt(SampleDigest.a)
        #expect(await board.choose(among: [mirror, source], for: SampleDigest.a) == .init(servers: [source], pause: nil))
        #expect(await board.choose(among: [mirror], for: SampleDigest.a) == .init(servers: [mirror], pause: nil))
        #expect(await board.choose(among: [mirror, source], for: SampleDigest.b) == .init(servers: [mirror, source], pause: nil))
        pass(EndpointBoard.doubtLifetime)
        #expect(await board.choose(among: [mirror, source], for: SampleDigest.a) == .init(servers: [mirror, source], pause: nil))
        for number in 0..<EndpointBoard.limit { await board.doubt(SampleDigest.of([1, UInt8(number / 256), UInt8(number % 256)])) }
        await board.doubt(SampleDigest.b)
        #expect(await board.choose(among: [mirror, source], for: SampleDigest.b) == .init(servers: [mirror, source], pause: nil))
    }

    @Test func limitsAreKept() async throws {
        await board.note(try #require(RateLimit(remaining: "76;w=21600", limit: "100;w=21600")), of: source)
        #expect(await board.servers.map(\.name) == ["https://registry.example"])
        #expect(await board.servers.first?.rateLimit?.remaining == 76)
        #expect(await board.servers.first?.isTrusted == true)
    }

    /// Each registry's retries are paid for by its own requests.
    @Test func retriesHaveABudget() async {
        func retry(_ registry: String) async -> Bool { await board.delay(after: .status(503), of: registry, attempt: 0) != nil }
        for _ in 0..<RetryBudget.most { #expect(await retry("a.example")) }
        #expect(await !retry("a.example"))
        #expect(await retry("b.example"))
        for _ in 0..<RetryBudget.requestsForOne { await board.began(for: "a.example") }
        #expect(await retry("a.example"))
        #expect(await !retry("a.example"))
        #expect(await board.retries == UInt64(RetryBudget.most) + 2)
    }

    /// What this agent is told it tells; what it is told by others it does, and does not tell again.
    @Test func pausesAreShared() async {
        var told = board.pauses.makeAsyncIterator()
        await note(.rateLimited(retryAfterSeconds: 60), of: mirror, times: 3)
        #expect(await told.next() == OriginPause(server: "http://cache.example", duration: .seconds(60)))
        await board.leaveAlone("https://registry.example", for: .seconds(100_000))
        #expect(await choice() == .init(servers: [], pause: .seconds(60)))
        #expect(await board.servers.map(\.pause) == [.seconds(60), .seconds(3600)])
        pass(.seconds(60))
        #expect(await choice() == .init(servers: [mirror], pause: .seconds(3540)))
        await board.leaveAlone("https://registry.example", for: .seconds(1))
        #expect(await board.servers.map(\.pause) == [.zero, .seconds(3540)], "nobody's word makes it shorter")
        await note(.rateLimited(retryAfterSeconds: 7), of: mirror)
        #expect(await told.next() == OriginPause(server: "http://cache.example", duration: .seconds(7)))
    }
}
