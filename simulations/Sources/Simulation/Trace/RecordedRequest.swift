import FoundationEssentials

/// A request as an access log in JSON has it. Its keys have dots in them; they are no paths.
struct RecordedRequest: Decodable {
    let timestamp: String
    let method: String
    let uri: String
    let client: String?
    let status: Int?
    let written: Double?

    /// Negative where the log did not know.
    var writtenBytes: UInt64 { written.flatMap { UInt64(exactly: $0.rounded(.down)) } ?? 0 }

    /// Those that a trace has; a status other than 200 is heeded where there is one. For messages.
    static let keys = CodingKeys.allCases.filter { $0 != .status }.map(\.rawValue).joined(separator: ", ")

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case timestamp
        case method = "http.request.method"
        case uri = "http.request.uri"
        case client = "http.request.remoteaddr"
        case status = "http.response.status"
        case written = "http.response.written"
    }

    /// Why an object is no request.
    enum Problem: Error, CustomStringConvertible {
        case noJSON
        case missing(key: String)
        case wrong(key: String)

        var description: String {
            switch self {
            case .noJSON: "this is no JSON"
            case .missing(let key): "this object has no \(key)"
            case .wrong(let key): "\(key) is not what it should be, a number or a text"
            }
        }
    }

    /// Decodes one object after the other.
    struct Decoder {
        private let json = JSONDecoder()

        func decode(_ object: ArraySlice<UInt8>) throws(Problem) -> RecordedRequest {
            do {
                return try json.decode(RecordedRequest.self, from: Data(object))
            } catch DecodingError.keyNotFound(let key, _) {
                throw .missing(key: key.stringValue)
            } catch DecodingError.valueNotFound(_, let context), DecodingError.typeMismatch(_, let context) {
                throw .wrong(key: context.codingPath.first?.stringValue ?? "the object")
            } catch {
                throw .noJSON
            }
        }
    }
}
