#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How far a host reaches, judged from its name alone: decides where an origin's redirects and token realms may lead, so that a
/// registry on the internet cannot make an agent ask its own network (server-side request forgery).
enum HostScope: Int, Comparable {
    /// This machine.
    case loopback
    /// A private or link-local network, or a name that only an internal resolver knows.
    case `private`
    case `public`

    init(of host: String) {
        if let bytes = Self.ipv4(host) {
            self = Self.scope(ofIPv4: bytes)
        } else if let bytes = Self.ipv6(host) {
            self = Self.scope(ofIPv6: bytes)
        } else if host == "localhost" || host.hasSuffix(".localhost") {
            self = .loopback
        } else if !host.contains(".") || Self.internalSuffixes.contains(where: host.hasSuffix) || Self.isNumeric(host) {
            self = .private
        } else {
            self = .public
        }
    }

    static func < (left: HostScope, right: HostScope) -> Bool { left.rawValue < right.rawValue }

    /// The part of a host name that one owner registers, such as `docker.io` of `auth.docker.io`; an address is its own domain. Judged
    /// without the public suffix list: two labels, or three below a country's second level such as `co.uk`.
    static func registrableDomain(of host: String) -> String {
        guard ipv4(host) == nil, ipv6(host) == nil else { return host }
        let labels = host.split(separator: ".")
        guard let top = labels.last, labels.count > 2 else { return host }
        let isSecondLevel =
            top.count == 2 && ["ac", "co", "com", "edu", "gov", "ne", "net", "or", "org"].contains(labels[labels.count - 2])
        return labels.suffix(isSecondLevel ? 3 : 2).joined(separator: ".")
    }

    private static let internalSuffixes = [".local", ".internal", ".lan", ".home", ".corp", ".intranet", ".svc", ".home.arpa"]

    /// `2130706433`, `0x7f.1` and the like are not addresses to `inet_pton`, but a resolver takes them for one.
    private static func isNumeric(_ host: String) -> Bool {
        guard let last = host.split(separator: ".").last else { return true }
        return last.hasPrefix("0x") || last.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// The four bytes of a dotted address, most significant first.
    static func ipv4(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 4)
        return inet_pton(AF_INET, text, &bytes) == 1 ? bytes : nil
    }

    /// The sixteen bytes of an IPv6 address without brackets or zone.
    static func ipv6(_ text: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(AF_INET6, text, &bytes) == 1 ? bytes : nil
    }

    private static func scope(ofIPv4 bytes: [UInt8]) -> HostScope {
        switch (bytes[0], bytes[1]) {
        case (127, _), (0, _): .loopback
        case (10, _), (172, 16...31), (192, 168), (169, 254), (100, 64...127): .private
        default: .public
        }
    }

    private static func scope(ofIPv6 bytes: [UInt8]) -> HostScope {
        if bytes[..<15].allSatisfy({ $0 == 0 }), bytes[15] <= 1 { return .loopback }
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10] == 0xff && bytes[11] == 0xff
        let isTranslated = bytes.starts(with: [0x00, 0x64, 0xff, 0x9b])
        if isMapped || isTranslated { return scope(ofIPv4: Array(bytes[12...])) }
        let isUniqueLocal = bytes[0] & 0xfe == 0xfc
        let isLinkLocal = bytes[0] == 0xfe && bytes[1] & 0xc0 == 0x80
        return isUniqueLocal || isLinkLocal ? .private : .public
    }
}
