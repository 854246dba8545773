import Swarm

/// What a connection's bytes mean, however they were cut by the network.
struct FrameStream: Equatable {
    enum Event: Equatable {
        case message(type: UInt8, payload: [UInt8])
        case data(DataFrame)
        case bytes([UInt8])
    }

    private(set) var events: [Event] = []
    private(set) var error: WireError?

    /// Parses a stream that arrives in chunks of at most `chunk` bytes.
    init(_ bytes: [UInt8], chunk: Int) {
        var parser = FrameParser()
        var start = 0
        do {
            while start < bytes.count {
                let end = min(bytes.count, start + chunk)
                try take(Array(bytes[start..<end]), &parser)
                start = end
            }
        } catch {
            self.error = error
        }
    }

    private mutating func take(_ buffer: [UInt8], _ parser: inout FrameParser) throws(WireError) {
        var index = 0
        while true {
            let before = index
            let element: FrameParser.Element?
            do {
                element = try buffer.withUnsafeBytes { try parser.next(in: $0, at: &index) }
            } catch let error as WireError {
                throw error
            } catch {
                preconditionFailure("the parser throws WireError only")
            }
            precondition(index >= before && index <= buffer.count, "the parser stays in its buffer")
            switch element {
            case .message(let type, let payload):
                precondition(payload.count < WireLimits.framePayload && type != DataFrame.type)
                events.append(.message(type: type, payload: payload))
            case .data(let frame): events.append(.data(frame))
            case .bytes(let range):
                precondition(!range.isEmpty && range.lowerBound >= before && range.upperBound <= index, "bytes are of this buffer")
                if case .bytes(let earlier) = events.last {
                    events[events.count - 1] = .bytes(earlier + buffer[range])
                } else {
                    events.append(.bytes(Array(buffer[range])))
                }
            case nil:
                precondition(index == buffer.count, "the parser takes all it is given")
                return
            }
        }
    }
}
