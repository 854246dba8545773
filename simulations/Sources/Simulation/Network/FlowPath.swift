/// The links that a flow goes through, at most four, kept in place: they are looked at so often that an array's reference counts would be
/// most of the work.
struct FlowPath: RandomAccessCollection {
    private var ports: InlineArray<4, Int32> = .init(repeating: -1)
    private var count32: Int32 = 0

    static let limit = 4

    init(_ list: [FluidNetwork.PortID]) {
        precondition(list.count <= Self.limit, "a flow goes through four links at most")
        for index in list.indices { ports[index] = list[index] }
        count32 = Int32(list.count)
    }

    var startIndex: Int { 0 }
    var endIndex: Int { Int(count32) }
    subscript(index: Int) -> FluidNetwork.PortID { ports[index] }
}
