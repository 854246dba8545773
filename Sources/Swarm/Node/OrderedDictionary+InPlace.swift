import OrderedCollections

extension OrderedDictionary {
    /// Asks or changes a value where it lies. `values[index]` may copy it first, which for a session or a transfer means a dozen
    /// reference counts up and down.
    mutating func inPlace<Result>(at index: Int, _ body: (inout Value) -> Result) -> Result {
        body(&values[index])
    }

    /// Asks a value where it lies, of a dictionary that may not be changed.
    func peek<Result>(at index: Int, _ body: (borrowing Value) -> Result) -> Result {
        values.withUnsafeBufferPointer { body($0[index]) }
    }
}
