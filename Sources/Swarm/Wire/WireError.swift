/// How the other side of a connection broke the protocol. The connection is closed, the event counted, the peer avoided.
public enum WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A frame announced more bytes than the protocol allows, or none at all.
    case frameLength(UInt32)
    /// A message ended before a field did, or went on after its last field.
    case truncated(field: String)
    case trailingBytes(message: String)
    /// A field had a value that the protocol does not allow.
    case invalid(field: String)
    /// A message type that is neither known nor marked as optional (types from 128 on are).
    case unknownMessage(UInt8)
    /// Something other than a Shoal peer is at the other end.
    case notShoal
    case version(UInt16)
    case cluster(String)
    /// A message that is not allowed at this point of the conversation.
    case unexpected(message: String)
    case unknownChannel(UInt32)
    /// The peer asked for more than the limits that it was told.
    case overLimit(what: String)

    public var description: String {
        switch self {
        case .frameLength(let length): "frame of \(length) bytes: allowed are 1 to \(WireLimits.framePayload)"
        case .truncated(let field): "message ends inside \(field)"
        case .trailingBytes(let message): "\(message) has bytes after its last field"
        case .invalid(let field): "\(field) has a value that the protocol does not allow"
        case .unknownMessage(let type): "unknown message type \(type): the other side may be newer; upgrade this one"
        case .notShoal: "the other side does not speak Shoal's protocol: check the address and port"
        case .version(let version):
            "the other side speaks protocol version \(version), this one \(Hello.currentVersion): upgrade the older one"
        case .cluster(let name): "the other side belongs to cluster \"\(name)\""
        case .unexpected(let message): "\(message) is not allowed now"
        case .unknownChannel(let channel): "channel \(channel) was never opened or is closed"
        case .overLimit(let what): "more \(what) than the protocol allows"
        }
    }
}
