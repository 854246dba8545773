import Testing

@testable import Swarm

@Suite struct TableTests {
    private func table(_ keys: [Int]) -> Table<Int, String> {
        var table = Table<Int, String>()
        for key in keys { table.set("\(key)", forKey: key) }
        return table
    }

    @Test func keysAreInTheOrderInWhichTheyCame() {
        var table = table([5, 3, 9, 3])
        #expect(Array(table.keys) == [5, 3, 9])
        table.set("changed", forKey: 3)
        #expect(table.values == ["5", "changed", "9"])
        #expect(table.removeValue(forKey: 5) == "5")
        #expect(table.removeValue(forKey: 5) == nil)
        #expect(Array(table.keys) == [3, 9])
        #expect(table.index(forKey: 9) == 1)
        #expect(table[3] == "changed")
        #expect(table[5] == nil)
        #expect(table.contains(9) && !table.contains(5))
        table.removeAll()
        #expect(table.isEmpty)
    }

    @Test func valuesAreChangedWhereTheyLie() {
        var table = table(Array(0..<100))
        let count = table.inPlace(at: 7) { value in
            value += "!"
            return value.count
        }
        #expect(count == 2)
        table.inPlace(8) { $0 = "eight" }
        let none: Int? = table.inPlace(100) { $0.count }
        #expect(none == nil)
        #expect(table.peek(8) { $0.count } == 5)
        #expect(table.values[7] == "7!")
        #expect(table.count == 100)
    }
}
