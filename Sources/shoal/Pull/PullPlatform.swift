import ArgumentParser
import Registry

/// `os/architecture[/variant]`, as OCI indexes name machines.
struct PullPlatform: ExpressibleByArgument, CustomStringConvertible {
    let os: String
    let architecture: String
    let variant: String?

    init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 || parts.count == 3, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
        os = parts[0]
        architecture = parts[1]
        variant = parts.count == 3 ? parts[2] : nil
    }

    private init(architecture: String) {
        os = "linux"
        self.architecture = architecture
        variant = nil
    }

    static var host: PullPlatform {
        #if arch(arm64)
            PullPlatform(architecture: "arm64")
        #else
            PullPlatform(architecture: "amd64")
        #endif
    }

    var description: String { "\(os)/\(architecture)\(variant.map { "/\($0)" } ?? "")" }

    func matches(_ platform: Platform) -> Bool {
        platform.os == os && platform.architecture == architecture && (variant == nil || platform.variant == variant)
    }
}
