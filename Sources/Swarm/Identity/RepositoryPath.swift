/// Splits a path such as `ghcr.io/org/app` into the registry it names, if any, and the repository in it.
public struct RepositoryPath: Hashable, Sendable {
    public let registry: String?
    public let repository: String

    public init(_ text: some StringProtocol) {
        if let slash = text.firstIndex(of: "/"), Self.looksLikeHost(text[..<slash]) {
            registry = String(text[..<slash])
            repository = String(text[text.index(after: slash)...])
        } else {
            registry = nil
            repository = String(text)
        }
    }

    /// Docker's rule: a first component names a registry when it has a dot or a port, or is `localhost`.
    public static func looksLikeHost(_ component: some StringProtocol) -> Bool {
        guard component == "localhost" || component.contains(".") || component.contains(":") else { return false }
        return component.utf8.count <= 255
            && component.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "["), UInt8(ascii: "]"):
                    true
                default: false
                }
            }
    }
}
