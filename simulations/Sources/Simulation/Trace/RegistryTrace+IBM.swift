/// Reading what IBM recorded at its registries (Anwar et al., "Improving Docker Registry Design based on Production Workload Analysis",
/// FAST '18): JSON, in which each object is a request, its keys those that distribution gives its access log.
///
/// Names and digests are anonymised there, and stay distinct.
extension RegistryTrace {
    /// No file is larger, bytes: longer records come in many files.
    public static let fileLimit = 256 << 20
    /// More requests of one file are taken for a mistake.
    public static let requestLimit = 1_000_000

    static let remedy = "; it must be JSON, an array of objects or one object on each line, with the keys \(RecordedRequest.keys)"

    /// Keeps what was asked for with GET and answered in whole, blobs and manifests.
    ///
    /// Blobs of which nobody was sent a byte are left out. Where a blob was sent more than once, the most that was sent is its size:
    /// clients break off.
    ///
    /// - Parameters:
    ///   - bytes: the file's.
    ///   - file: what it is called in errors.
    public init(ibm bytes: [UInt8], file: String) throws(TraceError) {
        try self.init(ibm: bytes, file: file, requestLimit: Self.requestLimit)
    }

    init(ibm bytes: [UInt8], file: String, requestLimit: Int) throws(TraceError) {
        guard bytes.count <= Self.fileLimit else {
            throw TraceError(file: file, line: nil, problem: "it has more than \(Self.fileLimit) bytes, the limit; split it by time")
        }
        guard !bytes.starts(with: [0x1f, 0x8b]) else {
            throw TraceError(file: file, line: nil, problem: "it is compressed; unpack it with gunzip first")
        }
        var objects = JSONObjects(bytes, file: file)
        var kept: [(record: RecordedRequest, resource: Resource, nanoseconds: Int64)] = []
        var sizes: [String: UInt64] = [:]
        let decoder = RecordedRequest.Decoder()
        while let object = try objects.next() {
            let record: RecordedRequest
            do throws(RecordedRequest.Problem) {
                record = try decoder.decode(object)
            } catch {
                throw TraceError(file: file, line: objects.line, problem: error.description + Self.remedy)
            }
            guard record.method == "GET", record.status ?? 200 == 200, let resource = Resource(path: record.uri) else { continue }
            guard let time = TimeStamp.nanoseconds(record.timestamp) else {
                let problem = "timestamp is \"\(record.timestamp)\", and must be a time such as 2017-06-20T02:00:01.123Z"
                throw TraceError(file: file, line: objects.line, problem: problem)
            }
            guard kept.count < requestLimit else {
                let problem = "it has more than \(requestLimit) requests, the limit; split it by time"
                throw TraceError(file: file, line: objects.line, problem: problem)
            }
            kept.append((record, resource, time))
            sizes[resource.name, default: 0] = max(sizes[resource.name] ?? 0, record.writtenBytes)
        }
        guard let begin = kept.map(\.nanoseconds).min() else {
            throw TraceError(file: file, line: nil, problem: "nobody is sent a blob or a manifest in it" + Self.remedy)
        }
        self.init(
            kept.compactMap { record, resource, time in
                let bytes = sizes[resource.name] ?? 0
                guard bytes > 0 || resource.kind == .manifest else { return nil }
                return Request(
                    time: .nanoseconds(time - begin), client: record.client ?? "", repository: resource.repository, kind: resource.kind,
                    blob: resource.name, bytes: bytes)
            })
    }

    /// What a path of the pull API names.
    struct Resource: Hashable {
        let kind: Kind
        let repository: String
        /// A digest, or the tag of a manifest.
        let name: String

        /// - Parameter path: `/v2/<name>/blobs/<digest>` or `/v2/<name>/manifests/<reference>`; the traces have no slash at its beginning.
        init?(path: String) {
            let parts = path.prefix { $0 != "?" }.split(separator: "/")
            let kinds: [Substring: Kind] = ["blobs": .blob, "manifests": .manifest]
            // Below blobs/uploads is what is pushed.
            guard parts.count >= 4, parts[0] == "v2", let kind = kinds[parts[parts.count - 2]], let name = parts.last, name != "uploads"
            else {
                return nil
            }
            self.kind = kind
            self.name = String(name)
            repository = parts[1..<(parts.count - 2)].joined(separator: "/")
        }
    }
}
