import BasicContainers
import Testing

@testable import Swarm

extension Table {
    /// A copy, which the policy never makes.
    fileprivate subscript(key: Key) -> Value? { index(forKey: key).map { values[$0] } }
}

@Suite struct TableTests {
    private func table(_ keys: some Sequence<Int>) -> Table<Int, String> {
        var table = Table<Int, String>()
        for key in keys { table.set("\(key)", forKey: key) }
        return table
    }

    private func values(_ table: borrowing Table<Int, String>) -> [String] {
        var values: [String] = []
        for index in table.values.indices { values.append(table.values[index]) }
        return values
    }

    @Test func keysAreInTheOrderInWhichTheyCame() {
        var table = table([5, 3, 9, 3])
        #expect(table.keys == [5, 3, 9])
        table.set("changed", forKey: 3)
        #expect(values(table) == ["5", "changed", "9"])
        var removed = table.removeValue(forKey: 5)
        #expect(removed == "5")
        removed = table.removeValue(forKey: 5)
        #expect(removed == nil)
        #expect(table.keys == [3, 9])
        let (found, three, five) = (table.index(forKey: 9), table[3], table[5])
        #expect(found == 1 && three == "changed" && five == nil)
        let isThere = [table.contains(9), table.contains(5)]
        #expect(isThere == [true, false])
        table.removeAll()
        #expect(table.isEmpty == true)
    }

    /// Of few keys, and of so many that they are found by their hashes: what is taken away moves the places of those after it.
    @Test(arguments: [10, 17, 400]) func keysAreFoundWhereTheyLie(count: Int) {
        var table = table(0..<count)
        var left = Array(0..<count)
        for key in stride(from: 0, to: count, by: 3) {
            table.removeValue(forKey: key)
            left.removeAll { $0 == key }
        }
        #expect(table.keys == left)
        for key in -1...count {
            let (found, value) = (table.index(forKey: key), table[key])
            #expect(found == left.firstIndex(of: key))
            #expect(value == (left.contains(key) ? "\(key)" : nil))
        }
    }

    @Test func valuesAreChangedWhereTheyLie() {
        var table = table(0..<100)
        let count = table.inPlace(7) { value in
            value += "!"
            return value.count
        }
        #expect(count == 2)
        table.inPlace(8) { $0 = "eight" }
        let none: Int? = table.inPlace(100) { $0.count }
        #expect(none == nil)
        let (peeked, first) = (table.peek(8) { $0.count }, table.firstIndex { $0 == "7!" })
        #expect(peeked == 5 && first == 7 && table.count == 100)
        let (long, isAny) = (table.count { $0.count > 1 }, table.contains { $0.isEmpty })
        #expect(long == 92 && isAny == false)
    }
}
