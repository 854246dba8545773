/// Cuts a connection's byte stream into frames. Messages are gathered; piece bytes pass through without being gathered.
public struct FrameParser: Sendable {
    /// What the stream holds next.
    public enum Element: Equatable {
        /// A whole message of a type other than data.
        case message(type: UInt8, payload: [UInt8])
        /// A data frame begins; `count` bytes follow as `bytes` elements.
        case data(DataFrame)
        /// Bytes of the data frame begun last: a range of the buffer that was handed in.
        case bytes(Range<Int>)
    }

    private enum State {
        case header
        case message(type: UInt8, length: Int)
        case dataHeader(length: Int)
        case data(remaining: Int)
    }

    /// A frame's length and type.
    private static let headerBytes = 5

    private var state = State.header
    private var gathered: [UInt8] = []

    public init() {}

    /// The next element of `bytes` from `index` on, which is moved past what was taken.
    ///
    /// - Returns: nil when the buffer is used up; call again with the next one.
    public mutating func next(in bytes: UnsafeRawBufferPointer, at index: inout Int) throws(WireError) -> Element? {
        while true {
            switch state {
            case .header:
                guard let header = take(Self.headerBytes, from: bytes, at: &index) else { return nil }
                try begin(header)
            case .message(let type, let length):
                guard let payload = take(length, from: bytes, at: &index) else { return nil }
                state = .header
                return .message(type: type, payload: payload)
            case .dataHeader(let length):
                guard let header = take(DataFrame.headerBytes, from: bytes, at: &index) else { return nil }
                let frame = try DataFrame.decode(header, count: length - DataFrame.headerBytes)
                state = frame.count == 0 ? .header : .data(remaining: frame.count)
                return .data(frame)
            case .data(let remaining):
                guard index < bytes.count else { return nil }
                let count = min(remaining, bytes.count - index)
                defer { index += count }
                state = count == remaining ? .header : .data(remaining: remaining - count)
                return .bytes(index..<index + count)
            }
        }
    }

    private mutating func begin(_ header: [UInt8]) throws(WireError) {
        let length = header[0..<4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard length >= 1, length <= UInt32(WireLimits.framePayload) else { throw .frameLength(length) }
        let payload = Int(length) - 1
        if header[4] == DataFrame.type {
            guard payload >= DataFrame.headerBytes else { throw .truncated(field: "data header") }
            state = .dataHeader(length: payload)
        } else {
            state = .message(type: header[4], length: payload)
        }
    }

    /// The next `count` bytes; nil while fewer have come, and what has come is kept. The memory grows with what has arrived, not with what
    /// was announced.
    private mutating func take(_ count: Int, from bytes: UnsafeRawBufferPointer, at index: inout Int) -> [UInt8]? {
        let taken = min(count - gathered.count, bytes.count - index)
        let part = UnsafeRawBufferPointer(rebasing: bytes[index..<index + taken])
        index += taken
        if taken == count { return Array(part) }
        gathered.append(contentsOf: part)
        guard gathered.count == count else { return nil }
        defer { gathered = [] }
        return gathered
    }
}
