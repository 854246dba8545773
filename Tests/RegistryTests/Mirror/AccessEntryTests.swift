import Swarm
import Testing

@testable import Registry

/// Lines of the access log.
@Suite struct AccessEntryTests {
    @Test func isOneLineOfJSON() {
        var entry = AccessEntry(client: "[::1]:5", method: "GET")
        entry.secondsSinceEpoch = 1_700_000_000.25
        #expect(
            entry.json == #"{"time":"2023-11-14T22:13:20.250Z","client":"[::1]:5","method":"GET","status":0,"bytes":0,"seconds":0.000000}"#)
        entry.place = RepositoryPlace(registry: "docker.io", repository: "library/app")
        (entry.reference, entry.digest, entry.source) = ("v1", SampleDigest.a, .peersAndOrigin)
        (entry.status, entry.bytes, entry.seconds) = (206, 42, 12.0345678)
        #expect(
            entry.json == #"{"time":"2023-11-14T22:13:20.250Z","client":"[::1]:5","method":"GET","registry":"docker.io","#
                + #""repository":"library/app","reference":"v1","digest":"\#(SampleDigest.a)","status":206,"bytes":42,"#
                + #""source":"peers+origin","seconds":12.034567}"#)
    }

    @Test(arguments: [("a\"b\\c", #"a\"b\\c"#), ("a\nb\u{1}", #"a\u000ab\u0001"#), ("ä", "ä")])
    func escapes(text: String, expected: String) {
        let entry = AccessEntry(client: nil, method: text)
        #expect(entry.json.contains("\"method\":\"\(expected)\""))
    }
}
