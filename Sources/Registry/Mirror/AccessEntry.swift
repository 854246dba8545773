public import Swarm

#if canImport(Glibc)
    import Glibc
#endif

/// One request of a client and what came of it. Credentials are none of it.
public struct AccessEntry: Sendable {
    /// Where the bytes came from.
    public enum Source: String, Sendable {
        /// This node had all of it.
        case store
        case peers
        case origin
        /// Both, at the same time.
        case peersAndOrigin = "peers+origin"
    }

    /// When its head had been read, since 1970-01-01T00:00:00Z.
    public var secondsSinceEpoch: Double
    /// `ADDRESS:PORT`; nil where that is not known any more.
    public var client: String?
    public var method: String
    public var place: RepositoryPlace?
    /// The tag or digest that was asked for.
    public var reference: String?
    /// Of what was given.
    public var digest: Digest?
    public var status = 0
    /// Of the body, handed to the connection.
    public var bytes = 0
    public var source: Source?
    /// From the request's head to the last byte.
    public var seconds = 0.0

    init(client: String?, method: String) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        secondsSinceEpoch = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
        self.client = client
        self.method = method
    }

    /// As one line of JSON; what is not known is left out.
    public var json: String {
        let second = Int(secondsSinceEpoch)
        let milliseconds = Int((secondsSinceEpoch - Double(second)) * 1000)
        var text = "{\"time\":\"\(UTCText.format(second, "%Y-%m-%dT%H:%M:%S")).\(Self.padded(milliseconds, 3))Z\""
        func add(_ name: String, _ value: String?) {
            guard let value else { return }
            text += ",\"\(name)\":\""
            for scalar in value.unicodeScalars {
                switch scalar {
                case "\"": text += "\\\""
                case "\\": text += "\\\\"
                case _ where scalar.value < 0x20: text += "\\u00\(scalar.value < 16 ? "0" : "")\(String(scalar.value, radix: 16))"
                default: text.unicodeScalars.append(scalar)
                }
            }
            text += "\""
        }
        add("client", client)
        add("method", method)
        add("registry", place?.registry)
        add("repository", place?.repository)
        add("reference", reference)
        add("digest", digest?.description)
        text += ",\"status\":\(status),\"bytes\":\(bytes)"
        add("source", source?.rawValue)
        let micros = Int(max(0, min(seconds, 1e9)) * 1e6)
        text += ",\"seconds\":\(micros / 1_000_000).\(Self.padded(micros % 1_000_000, 6))}"
        return text
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = "\(number)"
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
