import Swarm

extension FuzzTarget {
    /// Everything that comes from a connection.
    static let wire: [FuzzTarget] = [
        FuzzTarget(name: "frames") { bytes in
            let whole = elements(of: bytes, cutAt: bytes.count)
            let cut = elements(of: bytes, cutAt: Int(bytes.first ?? 0))
            precondition(whole == cut, "how a stream is cut into reads changes what is read from it")
        },
        message("peer-message", PeerMessage.decode) { $0.encode() },
        message("tracker-request", TrackerRequest.decode) { $0.encode() },
        message("tracker-reply", TrackerReply.decode) { $0.encode() },
    ]

    /// The first byte is the message's type, the rest its payload. What decodes must survive encoding and decoding again.
    private static func message<Message: Equatable & Sendable>(
        _ name: String,
        _ decode: @escaping @Sendable (UInt8, [UInt8]) throws(WireError) -> Message?,
        _ encode: @escaping @Sendable (Message) -> [UInt8]
    ) -> FuzzTarget {
        FuzzTarget(name: name) { bytes in
            guard let type = bytes.first, let decoded = try? decode(type, Array(bytes.dropFirst())) else { return }
            var parser = FrameParser()
            var index = 0
            let frame = encode(decoded)
            let element = frame.withUnsafeBytes { buffer in try? parser.next(in: buffer, at: &index) }
            guard case .message(let type, let payload) = element else {
                preconditionFailure("\(decoded) does not make a frame that can be read")
            }
            precondition((try? decode(type, payload)) == decoded, "\(decoded) changes on the way")
        }
    }

    /// What a connection's parser makes of `bytes` when they arrive in two reads: messages and data frames as text, then the error.
    private static func elements(of bytes: [UInt8], cutAt cut: Int) -> [String] {
        var parser = FrameParser()
        var found: [String] = []
        var dataBytes = 0
        for part in [bytes.prefix(cut), bytes.dropFirst(cut)] {
            let ended = part.withUnsafeBytes { buffer -> Bool in
                var index = 0
                do {
                    while let element = try parser.next(in: buffer, at: &index) {
                        if case .bytes(let range) = element {
                            dataBytes += range.count
                        } else {
                            found.append("\(element)")
                        }
                    }
                    return false
                } catch {
                    found.append("\(error)")
                    return true
                }
            }
            if ended { break }
        }
        return found + ["\(dataBytes) bytes of data"]
    }
}
