import Swarm
import Testing

@Suite struct DigestChainTests {
    private let truth = ToyContent(size: 10 * 65_536, seed: 1)
    private let a = NodeID(high: 1, low: 1)
    private let b = NodeID(high: 2, low: 2)
    private let c = NodeID(high: 3, low: 3)

    private var chain: DigestChain { DigestChain(.sha256, layout: truth.layout) }
    private func states(_ range: Range<Int>, of content: ToyContent? = nil) -> StateList { (content ?? truth).states.slice(range) }

    @Test func nothingIsKnownAtFirst() {
        #expect(chain.knownEnd == 1 && chain.link(of: 0) == nil && chain.link(of: 9) == nil && !chain.isProven)
        #expect(chain.trust(of: 9) == .proven && chain.trust(of: 0) == .claimed)
        #expect((-1...11).allSatisfy { !chain.isLinkable($0) })
    }

    @Test func aVouchedListLinksAndIsTrusted() {
        var chain = chain
        #expect(chain.vouch(states(1..<4)) == .agreed)
        #expect(chain.knownEnd == 4 && chain.vouchedStates.count == 3)
        #expect((0..<10).map { chain.isLinkable($0) } == (0..<10).map { $0 < 3 })
        #expect((0..<10).allSatisfy { chain.isLinkable($0) == (chain.link(of: $0) != nil) })
        #expect(chain.trust(of: 2) == .vouched && chain.trust(of: 3) == .claimed)
        #expect(chain.vouch(states(2..<10)) == .agreed)
        #expect(chain.link(of: 9)?.end == nil && chain.link(of: 9)?.start == truth.states[9])
    }

    /// What is in memory already is believed no sooner, and nothing else is believed less for it.
    @Test(arguments: [1, 2, 3] as [UInt64]) func aLikelyListIsNotKnown(seed: UInt64) {
        var chain = DigestChain(.sha256, layout: truth.layout, likely: ToyContent(size: 10 * 65_536, seed: seed).states)
        var plain = self.chain
        #expect(chain.knownEnd == 1 && chain.states == plain.states && chain.states.bytes == [])
        for range in [1..<4, 4..<7, 2..<10] {
            #expect(chain.vouch(states(range)) == plain.vouch(states(range)))
            #expect(chain.states == plain.states && chain.states.hashValue == plain.states.hashValue)
            #expect(chain.states.bytes == plain.states.bytes && chain.vouchedStates == plain.vouchedStates)
        }
        #expect(chain.states == truth.states)
    }

    @Test func aLikelyListMayBeCutAndGoOn() {
        var list = StateList(likely: truth.states)
        for index in 1..<6 { list.append(truth.states[index]!) }
        list.truncate(from: 3)
        #expect(list == truth.states.slice(1..<3))
        list.append(truth.states[7]!)
        #expect(list[3] == truth.states[7] && list[4] == nil && list.count == 3)
    }

    @Test func listsWithAGapOrTooLongAreIgnored() {
        var chain = chain
        _ = chain.vouch(states(3..<5))
        #expect(chain.knownEnd == 1)
        _ = chain.vouch(ToyContent(size: 20 * 65_536, seed: 2).states)
        #expect(chain.knownEnd == 1)
    }

    @Test func claimsBecomeVouchedByTwo() {
        var chain = chain
        _ = chain.claim(states(1..<10), by: a)
        _ = chain.claim(states(1..<10), by: a)
        #expect(chain.trust(of: 3) == .claimed && chain.vouchedStates.isEmpty)
        _ = chain.claim(states(1..<5), by: b)
        #expect(chain.trust(of: 3) == .vouched && chain.trust(of: 4) == .claimed)
    }

    @Test func differentStretchesDoNotCorroborate() {
        var chain = chain
        _ = chain.claim(states(1..<5), by: a)
        _ = chain.claim(states(5..<10), by: b)
        #expect(chain.knownEnd == 10 && chain.vouchedStates.isEmpty)
        _ = chain.claim(states(1..<7), by: b)
        #expect(chain.vouchedStates.end == 5)
    }

    @Test func aClaimNeverReplaces() {
        var chain = chain
        _ = chain.claim(states(1..<5), by: a)
        #expect(chain.claim(states(1..<10, of: truth.forged(from: 2, seed: 3)), by: b) == .dissent)
        #expect(chain.knownEnd == 5)
    }

    @Test func aVouchReplacesClaims() {
        let forged = truth.forged(from: 4, seed: 3)
        var chain = chain
        _ = chain.claim(states(1..<4), by: b)
        _ = chain.claim(states(1..<10, of: forged), by: a)
        #expect(chain.vouch(states(1..<7)) == .replaced(from: 5, claimants: [a]))
        #expect(chain.states == states(1..<7))
    }

    @Test func vouchedListsContradict() {
        var chain = chain
        _ = chain.vouch(states(1..<6))
        #expect(chain.vouch(states(1..<10, of: truth.forged(from: 4, seed: 3))) == .contradiction)
        #expect(chain.vouch(states(1..<10, of: truth.forged(from: 7, seed: 3))) == .agreed)
    }

    @Test func proofRunsBackwards() {
        var chain = chain
        _ = chain.claim(states(1..<10), by: a)
        var have = PieceSet(pieceCount: 10)
        for piece in [7, 8, 9] {
            have.insert(piece)
            chain.linked(piece, verified: have)
        }
        #expect(chain.trust(of: 6) == .proven && chain.trust(of: 5) == .claimed)
        for piece in (0..<7).reversed() {
            have.insert(piece)
            chain.linked(piece, verified: have)
        }
        #expect(chain.isProven && chain.vouchedStates == truth.states)
    }

    /// The hole that a forger could have used: claims replaced below proven states, and then other states put in their place.
    @Test func provenStatesCannotBeReplaced() {
        let forged = truth.forged(from: 0, seed: 3)
        var chain = chain
        _ = chain.claim(truth.states, by: a)
        var have = PieceSet(pieceCount: 10)
        for piece in [9, 8, 7] {
            have.insert(piece)
            chain.linked(piece, verified: have)
        }
        #expect(chain.vouch(states(1..<4, of: forged)) == .replaced(from: 1, claimants: [a]))
        #expect(chain.vouch(states(4..<10, of: forged)) == .contradiction)
        #expect(chain.claim(states(4..<10, of: forged), by: b) == .dissent)
        // The true states close the gap again.
        #expect(chain.vouch(states(4..<7, of: forged)) == .agreed)
        #expect(chain.knownEnd == 10 && chain.link(of: 7)?.start == truth.states[7])
    }

    @Test func blameNeedsBothEnds() {
        var chain = chain
        _ = chain.claim(truth.states, by: a)
        #expect(chain.incriminates(a, by: 9) && !chain.incriminates(b, by: 9))
        #expect(chain.trust(ofBothStatesOf: 9) == .claimed)
        let dropped = chain.dropClaims()
        #expect(dropped.from == 1 && dropped.claimants == [a] && chain.knownEnd == 1)
        let single = DigestChain(.sha256, layout: PieceLayout(blobSize: 5)!)
        #expect(single.incriminates(c, by: 0) && single.isLinkable(0))
    }

    @Test func stateListsCutAndGrow() {
        var list = states(3..<8)
        #expect(list.first == 3 && list.end == 8 && list[2] == nil && list[8] == nil && list[3] == truth.states[3])
        #expect(list.slice(0..<5) == states(3..<5) && list.slice(9..<20).isEmpty && list.slice(0..<0).isEmpty)
        list.truncate(from: 5)
        #expect(list == states(3..<5))
        list.truncate(from: 99)
        list.append(truth.states[5]!)
        #expect(list == states(3..<6))
        #expect(StateList(.sha256, first: 0, bytes: []) == nil && StateList(.sha256, first: 1, bytes: [1]) == nil)
    }
}
