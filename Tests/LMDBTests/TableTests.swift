import LMDB
import StorageTestSupport
import Testing

@Suite struct TableTests {
    private let directory: TemporaryDirectory
    private let environment: Environment
    private let numbers: Table<UInt64, String>

    init() throws {
        directory = try TemporaryDirectory()
        environment = try Environment(path: directory.path)
        numbers = try environment.table("numbers")
    }

    @Test func putGetDeleteCount() throws {
        try environment.write { transaction throws(LMDBError) in
            try transaction.put("one", at: 1, in: numbers)
            try transaction.put("two", at: 2, in: numbers)
            try transaction.put("TWO", at: 2, in: numbers)
        }
        try environment.read { transaction throws(LMDBError) in
            #expect(try transaction.get(1, from: numbers) == "one")
            #expect(try transaction.get(2, from: numbers) == "TWO")
            #expect(try transaction.get(3, from: numbers) == nil)
            #expect(try transaction.contains(2, in: numbers))
            #expect(try transaction.count(of: numbers) == 2)
        }
        try environment.write { transaction throws(LMDBError) in
            #expect(try transaction.delete(1, from: numbers))
            #expect(try !transaction.delete(1, from: numbers))
        }
        #expect(try keys() == [2])
    }

    @Test func walksInOrderFromAKeyAndUpToALimit() throws {
        let all: [UInt64] = [0, 1, 255, 256, 65_536, .max]
        try fill(all.shuffled())
        #expect(try keys() == all)
        #expect(try keys(from: 255) == [255, 256, 65_536, .max])
        #expect(try keys(from: 257) == [65_536, .max])
        #expect(try keys(limit: 2) == [0, 1])
        #expect(try keys(limit: 0) == [])
        #expect(try keys(prefix: [0, 0, 0, 0, 0, 0, 1]) == [256])
        #expect(try keys(from: 1, prefix: [0, 0, 0, 0, 0, 0, 0]) == [1, 255])
        #expect(try keys(from: .max, prefix: [0]) == [])
        #expect(try keys(stoppingAt: 255) == [0, 1, 255])
    }

    @Test func deletesByPrefix() throws {
        try fill([1, 255, 256, 257, 511, 512])
        try environment.write { transaction throws(LMDBError) in
            #expect(try transaction.delete(prefix: [0, 0, 0, 0, 0, 0, 1], from: numbers) == 3)
            #expect(try transaction.delete(prefix: [9], from: numbers) == 0)
        }
        #expect(try keys() == [1, 255, 512])
        try environment.write { transaction throws(LMDBError) in
            #expect(try transaction.delete(prefix: [], from: numbers) == 3)
        }
        #expect(try keys() == [])
    }

    @Test func aThrowUndoesTheWholeTransaction() throws {
        try fill([1])
        #expect(throws: LMDBError(.outOfMemory, while: "testing")) {
            try environment.write { transaction throws(LMDBError) in
                try transaction.put("two", at: 2, in: numbers)
                try transaction.delete(1, from: numbers)
                throw LMDBError(.outOfMemory, while: "testing")
            }
        }
        #expect(try keys() == [1])
    }

    @Test func aRecordOfAnotherShapeIsAnErrorThatNamesTheTable() throws {
        let raw: Table<[UInt8], [UInt8]> = try environment.table("numbers")
        try environment.write { transaction throws(LMDBError) in try transaction.put([0xff], at: [0, 0, 0, 0, 0, 0, 0, 1], in: raw) }
        let malformed = LMDBError(.malformedRecord("UTF-8 text"), while: "reading a value of table numbers")
        #expect(throws: malformed) { try environment.read { transaction throws(LMDBError) in try transaction.get(1, from: numbers) } }
        try environment.write { transaction throws(LMDBError) in try transaction.put([1], at: [7], in: raw) }
        #expect(throws: LMDBError(.malformedRecord("8 bytes"), while: "reading a key of table numbers")) { try keys(from: 256) }
    }

    @Test func valuesOfEveryKindComeBack() throws {
        let bytes: Table<String, [UInt8]> = try environment.table("bytes")
        let words: Table<UInt32, UInt64> = try environment.table("words")
        try environment.write { transaction throws(LMDBError) in
            try transaction.put([], at: "empty", in: bytes)
            try transaction.put([UInt8](repeating: 7, count: 100_000), at: "gros", in: bytes)
            try transaction.put(.max, at: 3, in: words)
        }
        try environment.read { transaction throws(LMDBError) in
            #expect(try transaction.get("empty", from: bytes) == [])
            #expect(try transaction.get("gros", from: bytes)?.count == 100_000)
            #expect(try transaction.get(3, from: words) == .max)
        }
    }

    private func fill(_ keys: [UInt64]) throws {
        try environment.write { transaction throws(LMDBError) in
            for key in keys { try transaction.put("\(key)", at: key, in: numbers) }
        }
    }

    private func keys(from start: UInt64? = nil, prefix: [UInt8] = [], limit: Int = .max, stoppingAt last: UInt64? = nil) throws -> [UInt64]
    {
        try environment.read { transaction throws(LMDBError) in
            var keys: [UInt64] = []
            try transaction.forEach(in: numbers, from: start, prefix: prefix, limit: limit) { key, _ throws(LMDBError) in
                keys.append(key)
                return key == last ? .stop : .proceed
            }
            return keys
        }
    }
}
