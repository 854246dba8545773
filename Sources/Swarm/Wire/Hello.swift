/// The first message of either side of every connection, between agents and between agent and tracker.
public struct Hello: Hashable, Sendable {
    public static let currentVersion: UInt16 = 3
    static let magic: UInt32 = 0x5348_4f4c  // "SHOL"

    /// What a side of the connection is.
    public enum Role: UInt8, Sendable {
        case agent = 1
        case tracker = 2
    }

    public var version: UInt16
    public var role: Role
    public var node: NodeID
    /// Two clusters that meet by a wrong address part at once.
    public var cluster: String
    /// Where the node stands; peers of one zone prefer each other.
    public var zone: String
    /// `host:port` where other agents reach this one.
    public var address: String

    public init(role: Role, node: NodeID, cluster: String, zone: String, address: String, version: UInt16 = Hello.currentVersion) {
        self.version = version
        self.role = role
        self.node = node
        self.cluster = cluster
        self.zone = zone
        self.address = address
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(Self.magic)
        writer.write(version)
        writer.write(role.rawValue)
        writer.write(raw: node.bytes)
        writer.write(text: cluster)
        writer.write(text: zone)
        writer.write(text: address)
    }

    /// A newer version may append fields: they are skipped.
    static func decode(_ reader: inout ByteReader) throws(WireError) -> Hello {
        guard try reader.read(UInt32.self, "hello magic") == magic else { throw .notShoal }
        let version = try reader.read(UInt16.self, "hello version")
        guard let role = Role(rawValue: try reader.read(UInt8.self, "hello role")) else { throw .invalid(field: "hello role") }
        let node = try reader.readNode("hello node")
        let cluster = try reader.readText("hello cluster")
        let zone = try reader.readText("hello zone")
        let hello = Hello(
            role: role, node: node, cluster: cluster, zone: zone, address: try reader.readText("hello address"), version: version)
        _ = reader.readRest()
        return hello
    }

    /// Refuses a hello of another role, version or cluster than `expected` wants.
    public func check(role: Role, cluster: String) throws(WireError) {
        guard version == Self.currentVersion else { throw .version(version) }
        guard self.cluster == cluster else { throw .cluster(self.cluster) }
        guard self.role == role else { throw .invalid(field: "hello role") }
    }
}
