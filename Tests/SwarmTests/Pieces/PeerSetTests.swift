import Testing

@testable import Swarm

@Suite struct PeerSetTests {
    @Test(arguments: [[], [0], [31], [32], [5, 31, 40, 95]] as [[Int]])
    func theNextMemberIsFound(members: [Int]) {
        var set = PeerSet()
        for first in stride(from: 0, to: 96, by: PeerSet.Word.bitWidth) {
            var word: PeerSet.Word = 0
            for member in members where member / PeerSet.Word.bitWidth == first / PeerSet.Word.bitWidth {
                word |= 1 << PeerSet.Word(member - first)
            }
            set.append(word)
        }
        for peer in 0..<100 { #expect(set.first(from: peer) == members.first { $0 >= peer }) }
        set.removeAll()
        #expect(set.first(from: 0) == nil)
    }
}
