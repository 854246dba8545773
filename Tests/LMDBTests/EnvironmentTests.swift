import LMDB
import StorageTestSupport
import Testing

@Suite struct EnvironmentTests {
    @Test func survivesReopening() throws {
        let directory = try TemporaryDirectory()
        for turn in 0..<3 as Range<UInt64> {
            let environment = try Environment(path: directory.path)
            let table = try environment.table("t", key: UInt64.self, value: UInt64.self)
            let count = try environment.write { transaction throws(LMDBError) in
                try transaction.put(turn, at: turn, in: table)
                return try transaction.count(of: table)
            }
            #expect(count == Int(turn) + 1)
        }
    }

    @Test func refusalsSayWhatToDo() throws {
        let directory = try TemporaryDirectory()
        let missing = directory.path + "/missing"
        #expect(throws: LMDBError(.noSuchDirectory, while: "opening the database at \(missing)")) { try Environment(path: missing) }

        let file = directory.path + "/file"
        try directory.write("x", to: "file")
        #expect(throws: LMDBError(.notADirectory, while: "opening the database at \(file)")) { try Environment(path: file) }

        try directory.write(String(repeating: "rubbish ", count: 2000), to: "data.mdb")
        let rubbish = LMDBError(.notAnEnvironment, while: "opening the database at \(directory.path)")
        #expect(throws: rubbish) { try Environment(path: directory.path) }
        #expect(rubbish.description.contains("move it away"))
    }

    @Test func aFullMapIsAnErrorAndLosesNothing() throws {
        let directory = try TemporaryDirectory()
        var configuration = Environment.Configuration()
        configuration.mapSizeBytes = 256 << 10
        let environment = try Environment(path: directory.path, configuration: configuration)
        let table = try environment.table("t", key: UInt64.self, value: [UInt8].self)
        var stored: UInt64 = 0
        let error = #expect(throws: LMDBError.self) {
            while stored < 1000 {
                try environment.write { transaction throws(LMDBError) in
                    try transaction.put([UInt8](repeating: 1, count: 3000), at: stored, in: table)
                }
                stored += 1
            }
        }
        #expect(error?.code == .mapFull)
        #expect(try environment.read { transaction throws(LMDBError) in try transaction.count(of: table) } == Int(stored))
        try environment.write { transaction throws(LMDBError) in _ = try transaction.delete(prefix: [], from: table) }
    }

    @Test func keysOfABadSizeAreRefused() throws {
        let directory = try TemporaryDirectory()
        let environment = try Environment(path: directory.path)
        let table = try environment.table("t", key: [UInt8].self, value: UInt64.self)
        for key in [[], [UInt8](repeating: 1, count: 512)] {
            #expect(throws: LMDBError(.badKeySize, while: "writing to table t")) {
                try environment.write { transaction throws(LMDBError) in try transaction.put(1, at: key, in: table) }
            }
        }
    }

    /// Readers see whole commits only, and none waits for the writer.
    @Test func readersOnSeveralThreadsSeeWholeCommits() async throws {
        let directory = try TemporaryDirectory()
        var configuration = Environment.Configuration()
        configuration.sync = .onDemand
        let environment = try Environment(path: directory.path, configuration: configuration)
        let table = try environment.table("t", key: UInt32.self, value: UInt64.self)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<500 {
                        let (first, second) = try environment.read { transaction throws(LMDBError) in
                            (try transaction.get(1, from: table), try transaction.get(2, from: table))
                        }
                        #expect(first == second)
                    }
                }
            }
            for writer in 0..<2 as Range<UInt64> {
                group.addTask {
                    for turn in 0..<200 as Range<UInt64> {
                        try environment.write { transaction throws(LMDBError) in
                            try transaction.put(turn << 1 | writer, at: 1, in: table)
                            try transaction.put(turn << 1 | writer, at: 2, in: table)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        try environment.sync()
    }
}
