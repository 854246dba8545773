import Swarm
import Testing

@Suite struct FrameParserTests {
    /// What a stream holds, with the bytes of a data frame gathered whatever the cuts.
    private enum Item: Equatable {
        case message(UInt8, [UInt8])
        case data(DataFrame, [UInt8])
    }

    private func items(_ chunks: [[UInt8]]) throws(WireError) -> [Item] {
        var parser = FrameParser()
        var items: [Item] = []
        for chunk in chunks {
            var failure: WireError?
            chunk.withUnsafeBytes { buffer in
                var index = 0
                do throws(WireError) {
                    while let element = try parser.next(in: buffer, at: &index) {
                        switch element {
                        case .message(let type, let payload): items.append(.message(type, payload))
                        case .data(let frame): items.append(.data(frame, []))
                        case .bytes(let range):
                            guard case .data(let frame, let bytes)? = items.popLast() else { return }
                            items.append(.data(frame, bytes + buffer[range]))
                        }
                    }
                } catch {
                    failure = error
                }
            }
            if let failure { throw failure }
        }
        return items
    }

    private var stream: ([UInt8], [Item]) {
        var (bytes, items): ([UInt8], [Item]) = ([], [])
        for message in WireSamples.peer where message.encode().count < 300 {
            let frame = message.encode()
            bytes += frame
            items.append(.message(frame[4], Array(frame.dropFirst(5))))
        }
        for count in [0, 1, 700] {
            let frame = DataFrame(channel: 4, piece: 9, offset: 65_536, count: count)
            let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            bytes += frame.encodeHeader() + payload
            items.append(.data(frame, payload))
        }
        return (bytes, items)
    }

    @Test func anyCutGivesTheSameElements() throws {
        let (bytes, expected) = stream
        let all = bytes + PeerMessage.ping.encode()
        #expect(try items([all]) == expected + [.message(PeerMessage.ping.encode()[4], [])])
        let whole = try items([all])
        #expect(try items(all.map { [$0] }) == whole)
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<300 {
            var (rest, chunks): (ArraySlice<UInt8>, [[UInt8]]) = (all[...], [])
            while !rest.isEmpty {
                let count = min(rest.count, Int(generator.next() % 200))
                chunks.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            guard try items(chunks) == whole else {
                Issue.record("cut into \(chunks.map(\.count))")
                return
            }
        }
    }

    @Test(arguments: [0, UInt32(WireLimits.framePayload) + 1, .max])
    func lengthsOutsideTheLimitsAreRefused(length: UInt32) {
        let header = (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * $0)) }
        #expect(throws: WireError.frameLength(length)) { try items([header + [1]]) }
    }

    @Test func dataHeadersAreChecked() {
        #expect(throws: WireError.truncated(field: "data header")) { try items([[0, 0, 0, 5, DataFrame.type, 0, 0, 0, 0]]) }
        let beyond = DataFrame(channel: 1, piece: 1, offset: UInt32(PieceLayout.longestPiece), count: 1)
        #expect(throws: WireError.invalid(field: "data offset")) { try items([beyond.encodeHeader()]) }
        let far = DataFrame(channel: 1, piece: 1, offset: .max, count: 1)
        #expect(throws: WireError.invalid(field: "data offset")) { try items([far.encodeHeader()]) }
    }

    @Test func randomBytesNeverCrash() {
        var generator = SeededGenerator(seed: 6)
        for _ in 0..<500 {
            _ = try? items([(0..<400).map { $0 % 80 < 3 ? 0 : UInt8(truncatingIfNeeded: generator.next()) }])
        }
    }

    @Test func theLongestDataFrameFits() throws {
        let frame = DataFrame(channel: 1, piece: 1, offset: 0, count: WireLimits.dataPayload)
        let payload = [UInt8](repeating: 5, count: frame.count)
        #expect(try items([frame.encodeHeader() + payload]) == [.data(frame, payload)])
    }
}
