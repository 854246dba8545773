import LMDB

/// Commits the number n to two tables at once, for n = 0, 1, 2, …; a crash may never leave one without the other.
func writePairsForEver(directory: String) throws {
    let environment = try Environment(path: directory)
    let left = try environment.table("left", key: UInt64.self, value: [UInt8].self)
    let right = try environment.table("right", key: UInt64.self, value: [UInt8].self)
    var number: UInt64 = 0
    while true {
        try environment.write { transaction throws(LMDBError) in
            try transaction.put([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 700), at: number, in: left)
            try transaction.put([UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 300), at: number, in: right)
        }
        Output.line("\(number)")
        number += 1
    }
}
