import NIOCore

/// One HTTP/1.1 message as its bytes say, for tests that look at exactly what is on the wire.
struct RawMessage: Sendable {
    let startLine: String
    /// Names in lower case, in order.
    let fields: [(name: String, value: String)]
    var body: [UInt8]

    /// - Returns: nil until the head is complete; the body is whatever follows it.
    init?(parsing bytes: [UInt8]) {
        let end: [UInt8] = [13, 10, 13, 10]
        guard bytes.count >= 4, let split = (0...(bytes.count - 4)).first(where: { Array(bytes[$0..<($0 + 4)]) == end }) else { return nil }
        let lines = String(decoding: bytes[..<split], as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: false)
        startLine = String(lines[0])
        fields = lines.dropFirst().map { line in
            let colon = line.firstIndex(of: ":") ?? line.endIndex
            let value = line[colon...].dropFirst().drop { $0 == " " }
            return (line[..<colon].lowercased(), String(value))
        }
        body = Array(bytes[(split + 4)...])
    }

    subscript(name: String) -> String? { fields.first { $0.name == name.lowercased() }?.value }

    func all(_ name: String) -> [String] { fields.filter { $0.name == name.lowercased() }.map(\.value) }

    /// Of a request, bytes.
    var bodyLength: Int { self["content-length"].flatMap { Int($0) } ?? 0 }
    /// Of an answer.
    var status: Int { Int(startLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    /// Of a request.
    var method: String { String(startLine.split(separator: " ").first ?? "") }
    var target: String { String(startLine.split(separator: " ").dropFirst().first ?? "") }
    var text: String { String(decoding: body, as: UTF8.self) }
}
