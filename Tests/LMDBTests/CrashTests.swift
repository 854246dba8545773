import LMDB
import StorageTestSupport
import Testing

/// A child that commits without pause is killed (`kill -9`) after so many commits; what it said is there, and nothing is half there.
@Suite struct CrashTests {
    @Test(arguments: [1, 2, 17, 60]) func everyCommitIsWholeAfterAKill(commits: Int) throws {
        let directory = try TemporaryDirectory()
        let child = try ChildProcess("CrashingWriter", arguments: ["lmdb", directory.path])
        for number in 0..<commits { #expect(child.readLine() == "\(number)") }
        child.kill()

        let environment = try Environment(path: directory.path)
        let left = try environment.table("left", key: UInt64.self, value: [UInt8].self)
        let right = try environment.table("right", key: UInt64.self, value: [UInt8].self)
        try environment.read { transaction throws(LMDBError) in
            let count = try transaction.count(of: left)
            #expect(count >= commits)
            #expect(try transaction.count(of: right) == count)
            try transaction.forEach(in: left) { key, value throws(LMDBError) in
                #expect(value == [UInt8](repeating: UInt8(truncatingIfNeeded: key), count: 700))
                #expect(try transaction.get(key, from: right) == Array(value.prefix(300)))
                return .proceed
            }
        }
        try environment.write { transaction throws(LMDBError) in try transaction.put([1], at: .max, in: left) }
    }
}
