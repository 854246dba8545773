import Operations

/// What runtimes' settings are changed to. The RuntimeSetup files under test are compiled into this module.
enum Target: FuzzTarget {
    private static let mirror = HostPort(host: "127.0.0.1", port: 5000)
    private static let hosts = "/etc/containerd/certs.d/docker.io/hosts.toml"

    static var seeds: [[UInt8]] {
        [
            seed(0, "version = 2\n[plugins.\"io.containerd.grpc.v1.cri\".registry]\n  config_path = \"\" # none\n"),
            seed(
                0, "version = 3\nimports = [\n  '/a', \"b\\\"]\",\n]\n[plugins.'io.containerd.cri.v1.images'.registry]\nx = '''\n[y]\n'''\n"
            ),
            seed(
                1,
                "server = \"https://a\"\n[host.\"https://b\"]\n  capabilities = [\"pull\"]\n  [host.\"https://b\".header]\n    x = {y = \"}\"}\n"
            ),
            seed(2, "{\n  \"debug\": true,\n  \"registry-mirrors\": [\n    \"http://a\"\n  ]\n}\n"),
            seed(2, "{\"a\":{\"registry-mirrors\":[\"\\\\\\\"]\"]},\"registry-mirrors\":[]}"),
            seed(3, "[[registry]]\nprefix = \"docker.io\"\nlocation = \"hub.example\"\n[[registry.mirror]]\nlocation = \"near.example\"\n"),
        ]
    }

    static func run(_ bytes: [UInt8]) {
        guard let choice = bytes.first else { return }
        let text = String(decoding: bytes.dropFirst(), as: UTF8.self)
        switch choice % 4 {
        case 0: check(.containerd, ["docker.io"], "/etc/containerd/config.toml", text)
        case 1: check(.containerd, ["docker.io"], hosts, text)
        case 2: check(.docker, [], "/etc/docker/daemon.json", text)
        default: check(.crio, ["docker.io", "ghcr.io"], "/etc/containers/registries.conf", text)
        }
    }

    /// Twice is once, and undone is as before, whatever stood in the file.
    private static func check(_ runtime: ContainerRuntime, _ registries: [String], _ path: String, _ text: String) {
        let request = SetupRequest(runtime, mirror: mirror, registries: registries)
        let before = Files(texts: [path: text])
        guard let plan = try? request.plan(before) else { return }
        let after = before.after(plan)
        do {
            let again = try request.plan(after)
            precondition(again.changes.isEmpty, "setting up twice is setting up once")
            let mirrors = try request.firstMirrors(after)
            precondition(!mirrors.isEmpty, "what was set up is found")
            // What looks like ours already goes with it.
            guard !text.contains("# shoal setup"), !text.contains("# was: "), !text.contains("127.0.0.1:5000") else { return }
            let undone = after.after(try request.undo(after)).texts
            let (expected, found) = (before.texts.mapValues(essence), undone.mapValues(essence))
            precondition(found.filter { !$0.value.isEmpty } == expected.filter { !$0.value.isEmpty }, "undone is as before")
        } catch {
            preconditionFailure("what was written can be read: \(error)")
        }
    }

    /// White space may be lost where a list or a file was empty, and so may an empty list with the comma beside it.
    private static func essence(_ text: String) -> String {
        let bare = text.filter { !$0.isWhitespace }
        let rest = bare.replacing("\"registry-mirrors\":[]", with: "").filter { $0 != "," }
        return rest == "{}" ? "" : rest
    }
}

private struct Files: ConfigurationFiles {
    var texts: [String: String]

    func text(at path: String) throws(SetupError) -> String? { texts[path] }

    func names(in folder: String) throws(SetupError) -> [String] {
        let inside = texts.keys.filter { $0.hasPrefix("\(folder)/") }
        return Set(inside.compactMap { $0.dropFirst(folder.count + 1).split(separator: "/").first.map(String.init) }).sorted()
    }

    func after(_ plan: SetupPlan) -> Files {
        var changed = self
        for change in plan.changes { changed.texts[change.path] = change.after }
        return changed
    }
}
