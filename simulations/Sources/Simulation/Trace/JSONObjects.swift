/// Finds the objects of a file one after the other, be they items of one array or one on each line: traces are too large to be decoded
/// whole, and an error is to name its line.
struct JSONObjects {
    /// No request of a trace is described at greater length, bytes.
    static let objectLimit = 64 << 10

    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    private var place = Place.beginning
    private var currentLine = 1
    /// Where the last object began, counted from 1.
    private(set) var line = 1

    private enum Place { case beginning, lines, array, end }

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
    }

    /// The next object; nil at the end of the file.
    mutating func next() throws(TraceError) -> ArraySlice<UInt8>? {
        while position < bytes.count {
            switch (bytes[position], place) {
            case (UInt8(ascii: "\n"), _): currentLine += 1
            case (UInt8(ascii: " "), _), (UInt8(ascii: "\t"), _), (UInt8(ascii: "\r"), _), (UInt8(ascii: ","), .array): break
            case (UInt8(ascii: "["), .beginning): place = .array
            case (UInt8(ascii: "]"), .array): place = .end
            case (UInt8(ascii: "{"), .beginning):
                place = .lines
                return try object()
            case (UInt8(ascii: "{"), .lines), (UInt8(ascii: "{"), .array): return try object()
            default:
                line = currentLine
                throw error("an object in braces was to begin here")
            }
            position += 1
        }
        guard place != .array else {
            line = currentLine
            throw error("the array does not end: the file was cut off")
        }
        return nil
    }

    /// Moves on behind the object that begins here. Whether it is right inside is for who decodes it.
    private mutating func object() throws(TraceError) -> ArraySlice<UInt8> {
        let begin = position
        line = currentLine
        var (depth, isText, isEscaped) = (0, false, false)
        while position < bytes.count, position - begin < Self.objectLimit {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\n") { currentLine += 1 }
            if isText {
                isText = byte != UInt8(ascii: "\"") || isEscaped
                isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
            } else if byte == UInt8(ascii: "\"") {
                isText = true
            } else if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return bytes[begin..<position] }
            }
        }
        if position < bytes.count { throw error("no request has more than \(Self.objectLimit) bytes, and this object has") }
        throw error("the object does not end: the file was cut off")
    }

    private func error(_ problem: String) -> TraceError {
        TraceError(file: file, line: line, problem: problem + RegistryTrace.remedy)
    }
}
