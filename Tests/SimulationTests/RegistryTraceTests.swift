import Testing

@testable import Simulation

@Suite struct RegistryTraceTests {
    /// An object as IBM's traces have it.
    private static func object(
        _ time: String, _ uri: String, client: String = "c1", method: String = "GET", written: Int = 100, status: Int = 200
    ) -> String {
        let fields: [String] = [
            #""host": "dc118836", "http.request.duration": 0.013, "http.request.method": "\#(method)""#,
            #""http.request.remoteaddr": "\#(client)", "http.request.uri": "\#(uri)""#,
            #""http.request.useragent": "docker/17.03 {\"a\"}", "http.response.status": \#(status), "http.response.written": \#(written)"#,
            #""id": "7c7d31fd9c", "timestamp": "2017-06-20T\#(time)Z""#,
        ]
        return "{" + fields.joined(separator: ", ") + "}"
    }

    private func read(_ text: String, requestLimit: Int = 100) throws(TraceError) -> RegistryTrace {
        try RegistryTrace(ibm: Array(text.utf8), file: "trace.json", requestLimit: requestLimit)
    }

    private static let objects: [String] = [
        object("02:00:01.500", "v2/u/r/blobs/d1", written: 40),
        object("02:00:00.250", "v2/u/r/manifests/latest", written: 7),
        object("02:00:02.000", "/v2/u/r/blobs/d1?x=1", client: "c2", written: 70),
        object("02:00:02.000", "v2/u/r/blobs/d1", method: "HEAD", written: 900),
        object("02:00:02.000", "v2/u/r/blobs/d1", written: 900, status: 206),
        object("02:00:03.000", "v2/u/r/blobs/uploads/d9", method: "PUT"),
        object("02:00:03.000", "v2/u/r/blobs/nobytes", written: 0),
        object("02:00:04.000", "v2/"),
    ]

    @Test(arguments: ["[" + objects.joined(separator: ", \n") + "]\n", objects.joined(separator: "\n")])
    func keepsWhatWasPulled(text: String) throws {
        let trace = try read(text)
        #expect(
            trace.requests == [
                .init(time: .zero, client: "c1", repository: "u/r", kind: .manifest, blob: "latest", bytes: 7),
                .init(time: .milliseconds(1250), client: "c1", repository: "u/r", blob: "d1", bytes: 70),
                .init(time: .milliseconds(1750), client: "c2", repository: "u/r", blob: "d1", bytes: 70),
            ])
    }

    private static let mistakes: [(text: String, message: String)] = [
        ("", "trace.json: nobody is sent a blob or a manifest in it; it must be JSON"),
        ("[]", "trace.json: nobody is sent a blob or a manifest in it; it must be JSON"),
        ("time,uri\n1,2", "trace.json:1: an object in braces was to begin here; it must be JSON"),
        ("\n[\n" + objects[0], "trace.json:3: the array does not end: the file was cut off; it must be JSON"),
        (objects[0] + "\n{\"a\": {", "trace.json:2: the object does not end: the file was cut off; it must be JSON"),
        (objects[0] + "\n" + objects[1] + "]", "trace.json:2: an object in braces was to begin here; it must be JSON"),
        ("[{\n}]", "trace.json:1: this object has no timestamp; it must be JSON"),
        ("[{\"timestamp\": 1}]", "trace.json:1: timestamp is not what it should be, a number or a text; it must be JSON"),
        ("{\"timestamp\": x}", "trace.json:1: this is no JSON; it must be JSON"),
        (object("25:00:00.000", "v2/u/r/blobs/d"), "trace.json:1: timestamp is \"2017-06-20T25:00:00.000Z\", and must be a time such as"),
        (
            "{\"a\": \"" + String(repeating: "b", count: 70_000) + "\"}",
            "trace.json:1: no request has more than 65536 bytes, and this object has; it must be JSON"
        ),
    ]

    @Test(arguments: mistakes) func mistakesAreNamed(text: String, message: String) {
        let error = #expect(throws: TraceError.self) { try read(text) }
        let description = error?.description ?? ""
        #expect(description.hasPrefix(message), "\(description)")
        // The remedy: which keys there must be.
        #expect(description.contains("http.request.remoteaddr") == message.contains("; it must be"))
    }

    @Test func compressedFilesAreNamed() {
        let error = #expect(throws: TraceError.self) { try RegistryTrace(ibm: [0x1f, 0x8b, 8], file: "trace.json") }
        #expect(error?.description == "trace.json: it is compressed; unpack it with gunzip first")
    }

    @Test func thereAreLimits() {
        let error = #expect(throws: TraceError.self) { try read(Self.objects.joined(separator: "\n"), requestLimit: 2) }
        #expect(error?.description == "trace.json:3: it has more than 2 requests, the limit; split it by time")
        let large = Array(repeating: UInt8(ascii: " "), count: RegistryTrace.fileLimit + 1)
        let tooLarge = #expect(throws: TraceError.self) { try RegistryTrace(ibm: large, file: "trace.json") }
        #expect(tooLarge?.description == "trace.json: it has more than 268435456 bytes, the limit; split it by time")
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("1969-12-31T23:59:59.5Z", -500_000_000), ("2017-06-20T02:00:01.123Z", 1_497_924_001_123_000_000),
        ("2000-02-29T12:00:00.000000001+01:00", 951_822_000_000_000_001), ("2017-06-20 02:00:01-00:30", 1_497_925_801_000_000_000),
    ])
    func readsMoments(text: String, nanoseconds: Int64) {
        #expect(TimeStamp.nanoseconds(text) == nanoseconds)
    }

    @Test(arguments: [
        "", "2017-06-20", "2017-13-20T02:00:01Z", "2017-06-20T02:00:01", "2017-06-20T02:00:01.Z", "2017-06-20T02:00:01Zx",
        "9999-06-20T02:00:01Z",
    ])
    func otherTextsAreNoMoments(text: String) {
        #expect(TimeStamp.nanoseconds(text) == nil)
    }

    private func request(_ seconds: Int, _ client: String, _ blob: String, _ repository: String = "u/r") -> RegistryTrace.Request {
        let kind: RegistryTrace.Kind = blob.hasPrefix("m") ? .manifest : .blob
        return .init(time: .seconds(seconds), client: client, repository: repository, kind: kind, blob: blob, bytes: 10)
    }

    @Test func requestsOfAClientAreOnePull() {
        let trace = RegistryTrace([
            request(0, "a", "m1"), request(0, "a", "m2"), request(1, "a", "d1"), request(2, "a", "d2"), request(2, "a", "d2"),
            // Of another repository, and another client, at the same time; in another order.
            request(1, "a", "e1", "u/s"), request(2, "b", "m1"), request(3, "b", "d2"), request(4, "b", "d1"),
            // A manifest is between them, and a long pause.
            request(20, "a", "m3"), request(21, "a", "d3"), request(100, "b", "d3"),
        ])
        let workload = trace.workload(pause: .seconds(60))
        #expect(workload.images.map { $0.layers.map(\.id) } == [[0, 2], [1], [3]])
        #expect(workload.images.map(\.repository) == [0, 1, 0])
        #expect(workload.pulls.map(\.image) == [0, 1, 0, 2, 2])
        #expect(workload.pulls.map(\.node) == [0, 0, 1, 0, 1])
        #expect(workload.pulls.map(\.time) == [1, 1, 3, 21, 100].map { .seconds($0) })
        #expect(workload.layers.map(\.bytes) == [10, 10, 10, 10])
    }
}
