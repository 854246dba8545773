import ArgumentParser
import Registry

/// A registry as images' names have it: `ghcr.io`, `registry.example:5000`. Of the agent's NAME=URL the name is taken.
struct RegistryName: ExpressibleByArgument {
    let name: String

    init?(argument: String) {
        let name = argument.split(separator: "=", maxSplits: 1).first.map(String.init) ?? ""
        guard RegistryDirectory.isName(name) else { return nil }
        self.name = RegistryDirectory.canonicalName(name)
    }
}
