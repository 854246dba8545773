#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A manifest of Docker's schema 1, which carries its signatures within itself: its digest is that of the payload, without them, so the bytes as
/// they come do not hash to the digest by which they are asked for.
///
/// Source: distribution/distribution, docs/spec/manifest-v2-1.md, "Signed Manifests".
enum SignedManifest {
    private static let signatureLimit = 16

    /// What was signed: the first bytes of the manifest, and the end whose place the signatures took.
    ///
    /// - Returns: nil if the body is anything but a payload and signatures of it.
    static func payload(of body: [UInt8]) -> [UInt8]? {
        guard let signatures = try? JSONDecoder().decode(Signatures.self, from: Data(body)).signatures,
            let first = signatures.first, signatures.count <= signatureLimit, let format = format(of: first),
            signatures.allSatisfy({ self.format(of: $0) == format }), (0...body.count).contains(format.formatLength),
            isNothingElse(body[format.formatLength...]), let tail = Base64.decode(url: format.formatTail)
        else { return nil }
        return body[..<format.formatLength] + tail
    }

    private static func format(of signature: Signature) -> Format? {
        Base64.decode(url: signature.protected).flatMap { try? JSONDecoder().decode(Format.self, from: Data($0)) }
    }

    /// Whether only signatures follow: what else stood there would come to a client unverified.
    private static func isNothingElse(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let comma = rest.firstIndex(where: { !" \t\r\n".utf8.contains($0) }), rest[comma] == UInt8(ascii: ",") else { return false }
        let alone = Data("{".utf8) + Data(rest[(comma + 1)...])
        return (try? JSONDecoder().decode(Keys.self, from: alone))?.names == ["signatures"]
    }

    private struct Signatures: Decodable {
        let signatures: [Signature]
    }

    private struct Signature: Decodable {
        let protected: String
    }

    /// Where the payload is, from a signature's protected header.
    private struct Format: Decodable, Equatable {
        /// Bytes of the body that belong to the payload.
        let formatLength: Int
        /// What follows them in the payload, in base64.
        let formatTail: String
    }

    /// The names in an object, whatever their values are.
    private struct Keys: Decodable {
        private struct Name: CodingKey {
            let stringValue: String
            let intValue: Int? = nil

            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        let names: [String]

        init(from decoder: any Decoder) throws { names = try decoder.container(keyedBy: Name.self).allKeys.map(\.stringValue) }
    }
}
