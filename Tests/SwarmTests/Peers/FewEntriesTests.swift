import Testing

@testable import Swarm

@Suite struct FewEntriesTests {
    /// Whatever is put in, changed and taken out: the same as of a plain dictionary.
    @Test func itIsADictionary() {
        var entries = FewEntries<Int, Int>()
        var model: [Int: Int] = [:]
        var random = SeededGenerator(seed: 1)
        for step in 0..<2000 {
            let key = Int(random.next(upperBound: UInt64(4)))
            switch random.next(upperBound: UInt64(4)) {
            case 0: #expect(entries.removeValue(forKey: key) == model.removeValue(forKey: key))
            case 1: (entries[key], model[key]) = (nil, nil)
            default: (entries[key], model[key]) = (step, step)
            }
            for key in 0..<4 { #expect(entries[key] == model[key]) }
            #expect(entries.count == model.count)
            #expect(entries.isEmpty == model.isEmpty)
            let found = entries.key { $0 == step }
            #expect(found == model.first { $0.value == step }?.key)
        }
    }
}
