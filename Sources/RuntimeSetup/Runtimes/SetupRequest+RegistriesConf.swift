extension SetupRequest {
    /// These tools know no mirror for all registries.
    private static let usualRegistries = ["docker.io"]

    /// Files of others come after the main one, by name; for one registry the last file counts.
    private var dropIns: String { "\(file).d" }
    private var ownFile: String { "\(dropIns)/50-shoal.conf" }

    func registriesConfPlan(_ files: some ConfigurationFiles) throws(SetupError) -> SetupPlan {
        var texts: [(path: String, before: String?, now: String?)] = []
        for path in try paths(files) {
            let text = try files.text(at: path)
            texts.append((path, text, text))
        }
        var advice = advice
        for registry in registries.isEmpty ? Self.usualRegistries : registries {
            var place = texts.count - 1
            for index in texts.indices where try RegistriesConf(texts[index].now, file: texts[index].path).has(registry) { place = index }
            if let location = try RegistriesConf(texts[place].now, file: texts[place].path).hiddenLocation(of: registry) {
                advice.append("tell the agent, too, where \(registry) is: shoal agent --registry \(registry)=http://\(location), or https")
            }
            texts[place].now = try RegistriesConf(texts[place].now, file: texts[place].path).adding(
                "\(mirror)", for: registry, isInsecure: !speaksTLS)
        }
        return SetupPlan(texts.map { FileChange($0.path, from: $0.before, to: $0.now) }, advice: advice)
    }

    func registriesConfUndo(_ files: some ConfigurationFiles) throws(SetupError) -> SetupPlan {
        var changes: [FileChange?] = []
        for path in try paths(files) {
            guard let text = try files.text(at: path) else { continue }
            changes.append(FileChange(path, from: text, to: try RegistriesConf(text, file: path).removing()))
        }
        return SetupPlan(changes, advice: advice)
    }

    func registriesConfMirrors(_ files: some ConfigurationFiles) throws(SetupError) -> [FirstMirror] {
        var found: [String: FirstMirror] = [:]
        // In the order of their names, as the tools read them: for one registry the last file counts.
        for path in [file] + (try paths(files).dropFirst().sorted()) {
            guard let text = try files.text(at: path) else { continue }
            for mirror in try RegistriesConf(text, file: path).firstMirrors(areInsecure: !speaksTLS) { found[mirror.registry] = mirror }
        }
        return found.values.sorted { $0.registry < $1.registry }
    }

    /// All files, ours last.
    private func paths(_ files: some ConfigurationFiles) throws(SetupError) -> [String] {
        let others = try files.names(in: dropIns).filter { $0.hasSuffix(".conf") }.map { "\(dropIns)/\($0)" }
        return [file] + others.filter { $0 != ownFile } + [ownFile]
    }

    private var advice: [String] {
        let shared = "podman, buildah, skopeo and CRI-O read the same files"
        return runtime == .crio
            ? ["CRI-O reads its settings again when told to: systemctl reload crio", shared]
            : ["podman, buildah and skopeo read their settings at each pull: nothing has to be restarted", shared]
    }
}
