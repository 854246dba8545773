import OrderedCollections

extension OrderedDictionary {
    /// Asks or changes a value where it lies. `values[index]` may copy it first, which for a session or a transfer means a dozen
    /// reference counts up and down.
    mutating func inPlace<Result>(at index: Int, _ body: (inout Value) -> Result) -> Result {
        body(&values[index])
    }
}
