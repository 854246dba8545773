import Operations

extension SetupRequest {
    private static let key = "registry-mirrors"
    private static let reload = "dockerd takes the new mirrors without a restart: systemctl reload docker"

    func dockerPlan(_ files: some ConfigurationFiles) throws(SetupError) -> SetupPlan {
        if let other = registries.first(where: { $0 != "docker.io" }) { throw .hubOnly(registry: other, mirror: "\(mirror)") }
        let text = try files.text(at: file)
        var settings = try JSONObjectText(text ?? "", file: file)
        let stated = try settings.strings(of: Self.key)
        let known = stated ?? []
        if !known.contains(where: isMirror) { try settings.insert(mirrorURL, first: Self.key) }
        var advice = [Self.reload]
        if stated == nil {
            advice.append(
                "dockerd does not start with mirrors here and in a flag: see that its unit has no --registry-mirror (systemctl cat docker)")
        }
        if !mirror.isLoopback, !speaksTLS {
            advice.append("dockerd speaks plain HTTP to 127.0.0.0/8 only: add \"\(mirror)\" to insecure-registries in \(file)")
        }
        return SetupPlan([FileChange(file, from: text, to: settings.text)], advice: advice)
    }

    func dockerUndo(_ files: some ConfigurationFiles) throws(SetupError) -> SetupPlan {
        guard let text = try files.text(at: file) else { return SetupPlan([]) }
        var settings = try JSONObjectText(text, file: file)
        for known in try settings.strings(of: Self.key) ?? [] where isMirror(known) {
            try settings.remove(known, from: Self.key)
        }
        let isEmpty = try settings.strings(of: Self.key) == nil
        return SetupPlan(
            [FileChange(file, from: text, to: settings.text)],
            // A reload changes what the file has; what it has no more stays as it was.
            advice: [isEmpty ? "dockerd forgets its last mirror when it is restarted: systemctl restart docker" : Self.reload])
    }

    func dockerMirrors(_ files: some ConfigurationFiles) throws(SetupError) -> [FirstMirror] {
        let settings = try JSONObjectText(try files.text(at: file) ?? "", file: file)
        let known = try settings.strings(of: Self.key) ?? []
        // dockerd tries them in turn; the agent may stand behind others.
        guard let first = known.first(where: isMirror) ?? known.first else { return [] }
        return [FirstMirror(registry: "docker.io", address: FirstMirror.address(first), file: file, obstacle: obstacle(first))]
    }

    private func isMirror(_ url: String) -> Bool {
        url == mirrorURL || url == "\(mirrorURL)/"
    }
}
