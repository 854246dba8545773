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
        board = EndpointBoard(logger: Rig.silent, now: { clock.withLockedValue { $0 } })
        mirror = try #require(OriginURL(parsing: "http://cache.example"))
        source = try #require(OriginURL(parsing: "https://registry.example/prefix"))
    }

    private func fail(_ endpoint: OriginURL) async {
        for _ in 0..<EndpointHealth.failureLimit { await board.note(.unreachable("refused"), of: endpoint) }
    }

    @Test func inOrderAndPastWhoFails() async {
        #expect(await board.choose(among: [mirror, source]) == [mirror, source])
        await fail(mirror)
        #expect(await board.choose(among: [mirror, source]) == [source])
        #expect(await board.trust == ["http://cache.example": false])
        clock.withLockedValue { $0 += EndpointHealth.firstPause }
        #expect(await board.choose(among: [mirror, source]) == [mirror, source])
        #expect(await board.choose(among: [mirror, source]) == [source])
        await board.note(nil, of: mirror)
        #expect(await board.choose(among: [mirror, source]) == [mirror, source])
        #expect(await board.trust == ["http://cache.example": true])
    }

    /// What may work is tried when nothing better is left.
    @Test func nobodyIsLeft() async {
        await fail(mirror)
        await fail(source)
        #expect(await board.choose(among: [mirror, source]) == [mirror, source])
        #expect(await board.choose(among: [source]) == [source])
    }

    @Test(arguments: [.notFound, .unauthorized(nil), .rateLimited(retryAfterSeconds: 1), .status(418), .cancelled] as [OriginError.Reason])
    func answersAreNoFaults(reason: OriginError.Reason) async {
        for _ in 0..<10 { await board.note(reason, of: mirror) }
        #expect(await board.choose(among: [mirror, source]) == [mirror, source])
    }

    @Test(arguments: [.unreachable(""), .timeout(.head), .badAnswer(""), .status(500), .status(503)] as [OriginError.Reason])
    func faultsAre(reason: OriginError.Reason) async {
        for _ in 0..<10 { await board.note(reason, of: mirror) }
        #expect(await board.choose(among: [mirror, source]) == [source])
    }
}
