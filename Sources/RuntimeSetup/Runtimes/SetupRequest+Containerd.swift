extension SetupRequest {
    /// The folder that stands for all registries without one of their own.
    private static let everyRegistry = "_default"

    func containerdPlan(_ files: some ConfigurationFiles) throws(SetupError) -> SetupPlan {
        let text = try files.text(at: file)
        let config = try ContainerdConfig(text, file: file)
        let hosts = config.hostsFolder ?? "\(folder)/certs.d"
        let existing = try files.names(in: hosts)
        let names = registries.isEmpty ? [Self.everyRegistry] : registries
        var changes: [FileChange?] = []
        for name in names {
            let path = "\(hosts)/\(Self.folder(of: name, among: existing))/hosts.toml"
            let before = try files.text(at: path)
            let server = name == Self.everyRegistry ? nil : Self.server(of: name)
            changes.append(FileChange(path, from: before, to: try HostsFile.adding(mirrorURL, to: before, server: server, file: path)))
        }
        let change = FileChange(file, from: text, to: try config.adding(hosts))
        changes.append(change)
        var advice = [Self.restart(change)]
        if config.isDisabled {
            advice.append("\(file) switches the CRI off (disabled_plugins): hosts.toml is for `ctr --hosts-dir` and nerdctl then")
        }
        let others = existing.filter { !$0.hasPrefix("_") && !names.contains($0) }
        if registries.isEmpty, !others.isEmpty {
            advice.append(
                "\(hosts) has folders that come before _default: \(others.joined(separator: ", ")): with --registry name those that shall "
                    + "come through the agent, too")
        }
        return SetupPlan(changes, advice: advice)
    }

    func containerdUndo(_ files: some ConfigurationFiles) throws(SetupError) -> SetupPlan {
        let text = try files.text(at: file)
        let config = try ContainerdConfig(text, file: file)
        let hosts = config.hostsFolder ?? "\(folder)/certs.d"
        let change = FileChange(file, from: text, to: config.removing())
        var changes = [change]
        for name in try files.names(in: hosts) {
            let path = "\(hosts)/\(name)/hosts.toml"
            guard let before = try files.text(at: path) else { continue }
            changes.append(FileChange(path, from: before, to: HostsFile.removing(from: before)))
        }
        return SetupPlan(changes, advice: [Self.restart(change)])
    }

    func containerdMirrors(_ files: some ConfigurationFiles) throws(SetupError) -> [FirstMirror] {
        let config = try ContainerdConfig(try files.text(at: file), file: file)
        let hosts = config.hostsFolder ?? "\(folder)/certs.d"
        var found: [FirstMirror] = []
        for name in try files.names(in: hosts) {
            let path = "\(hosts)/\(name)/hosts.toml"
            guard let text = try files.text(at: path), let host = try HostsFile.firstHost(TextLines.of(text), file: path) else { continue }
            var mirror = FirstMirror(registry: name, address: FirstMirror.address(host), file: path)
            mirror.obstacle = obstacle(host)
            if config.hostsFolder == nil { mirror.obstacle = "\(file) has no config_path, so the CRI does not look in \(hosts)" }
            found.append(mirror)
        }
        return found
    }

    private static func restart(_ config: FileChange?) -> String {
        config == nil
            ? "containerd reads hosts.toml at each pull: nothing has to be restarted"
            : "restart containerd, whose CRI reads config.toml when it starts: systemctl restart containerd"
    }

    /// Of the two ways to write a port, `host:port` and `host_port_`, the one that is there.
    private static func folder(of name: String, among existing: [String]) -> String {
        let parts = name.split(separator: ":")
        let other = parts.count == 2 ? "\(parts[0])_\(parts[1])_" : name
        return existing.contains(other) ? other : name
    }

    /// Where containerd would look without hosts.toml.
    private static func server(of name: String) -> String {
        if name == "docker.io" { return "https://registry-1.docker.io" }
        let host = name.split(separator: ":").first ?? ""
        return host == "localhost" || host.hasPrefix("127.") ? "http://\(name)" : "https://\(name)"
    }
}
