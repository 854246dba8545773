extension SettingsSources {
    /// Puts where a value came from before the parser's complaint about it, which names the flag though nobody wrote one.
    func annotate(_ message: String) -> String {
        let first = message.prefix { $0 != "\n" }
        let named = origins.keys.filter { first.contains("'--\($0) ") || first.contains("'--\($0)'") || first.contains("'--\($0)=") }
        guard let name = named.max(by: { $0.count < $1.count }), let origin = origins[name] else { return message }
        let prefix = "Error: "
        let body = message.hasPrefix(prefix) ? message.dropFirst(prefix.count) : message[...]
        return "\(prefix)\(origin): \(body)"
    }
}
