/// What clients asked a registry for, in the order of time: recorded, not synthesised.
public struct RegistryTrace: Hashable, Sendable {
    /// Ordered by time; those of one moment as they were in the record.
    public let requests: [Request]

    /// - Parameter requests: in any order.
    public init(_ requests: [Request]) {
        let byTime = requests.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        self.requests = byTime.map(\.element)
    }

    /// A client asks for a blob or a manifest, and gets it.
    public struct Request: Hashable, Sendable {
        /// Since the trace began.
        public var time: Duration
        public var client: String
        /// The name between `/v2/` and `/blobs/`.
        public var repository: String
        public var kind: Kind
        /// The blob's digest, as far as the record kept it; of a manifest, its digest or tag.
        public var blob: String
        /// The whole blob, not what this request brought of it.
        public var bytes: UInt64

        public init(time: Duration, client: String, repository: String, kind: Kind = .blob, blob: String, bytes: UInt64) {
            self.time = time
            self.client = client
            self.repository = repository
            self.kind = kind
            self.blob = blob
            self.bytes = bytes
        }
    }

    /// What a request is for.
    public enum Kind: Hashable, Sendable {
        case blob
        /// It begins a client's pull: what blobs follow are of this image.
        case manifest
    }
}
