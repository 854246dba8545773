import Foundation
import Testing

@testable import Registry

/// Docker's schema 1: where the payload is within the signed manifest, and what is not one.
@Suite struct SignedManifestTests {
    private static let payload = "{\n   \"schemaVersion\": 1,\n   \"name\": \"org/old\"\n}"
    private static let prefix = payload.utf8.count - 2

    private static func header(length: Int, tail: String) -> String {
        let tail = Data(tail.utf8).base64EncodedString().replacing("=", with: "")
        return #"{"formatLength":\#(length),"formatTail":"\#(tail)","time":"2026-11-29T00:00:00Z"}"#
    }

    private static func signature(_ header: String) -> String {
        let url = Data(header.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return #"{"header":{"alg":"ES256"},"signature":"YQ","protected":"\#(url)"}"#
    }

    private static func body(_ signatures: [String], between: String = "") -> [UInt8] {
        Array((payload.prefix(prefix) + ",\n   \(between)\"signatures\": [\(signatures.joined(separator: ","))]\n}").utf8)
    }

    private static let good = signature(header(length: prefix, tail: "\n}"))

    @Test(arguments: [1, 2]) func findsThePayload(signatures: Int) {
        let body = Self.body(Array(repeating: Self.good, count: signatures))
        #expect(SignedManifest.payload(of: body) == Array(Self.payload.utf8))
    }

    @Test(arguments: [
        body([]),
        body(Array(repeating: good, count: 17)),
        body([good, signature(header(length: prefix - 1, tail: "\n}"))]),
        body([signature(header(length: -1, tail: "\n}"))]),
        body([signature(header(length: 1 << 40, tail: "\n}"))]),
        body([signature(header(length: 3, tail: "\n}"))]),
        body([signature("not JSON")]),
        body([#"{"protected":"?"}"#]),
        // What follows the payload besides signatures is nobody's word.
        body([good], between: #""name": "org/other", "#),
        Array(payload.utf8),
        Array("[]".utf8),
        [],
    ])
    func refusesWhatIsNone(body: [UInt8]) {
        #expect(SignedManifest.payload(of: body) == nil)
    }
}
