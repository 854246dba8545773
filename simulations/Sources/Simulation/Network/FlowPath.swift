/// The links that a flow goes through, at most four, kept in place: they are looked at so often that an array's reference counts would be
/// most of the work.
struct FlowPath: RandomAccessCollection {
    private var ports: SIMD4<Int32> = .init(repeating: -1)
    private(set) var endIndex = 0

    static let limit = 4

    init(_ list: [FluidNetwork.PortID]) {
        precondition(list.count <= Self.limit, "a flow goes through four links at most")
        for port in list {
            ports[endIndex] = port
            endIndex += 1
        }
    }

    var startIndex: Int { 0 }
    subscript(index: Int) -> FluidNetwork.PortID { ports[index] }
}
