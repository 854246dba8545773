import ArgumentParser
import RuntimeSetup

/// A runtime to look at, `docker`, and where its settings are if not where they usually are: `containerd=/srv/containerd/config.toml`.
struct RuntimeChoice: ExpressibleByArgument {
    let runtime: ContainerRuntime
    let file: String?

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        guard let name = parts.first, let runtime = ContainerRuntime(rawValue: name) else { return nil }
        self.init(runtime: runtime, file: parts.count > 1 ? parts[1] : nil)
    }

    init(runtime: ContainerRuntime, file: String?) {
        self.runtime = runtime
        self.file = file
    }
}
