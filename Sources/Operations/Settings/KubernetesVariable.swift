/// The variables that Kubernetes puts into every container for each Service of the namespace ("service links").
///
/// A Service named `shoal-tracker` yields `SHOAL_TRACKER_SERVICE_HOST`, `SHOAL_TRACKER_PORT=tcp://10.0.0.7:7600`,
/// `SHOAL_TRACKER_PORT_7600_TCP_ADDR` and more. Nobody typed them, so they are not unknown settings.
/// Source: kubernetes.io/docs/concepts/services-networking/service/#environment-variables.
enum KubernetesVariable {
    /// Whether a variable has one of those shapes.
    static func matches(name: String, value: String) -> Bool {
        if name.hasSuffix("_SERVICE_HOST") || name.contains("_SERVICE_PORT") { return true }
        let transports = ["tcp", "udp", "sctp"]
        if name.hasSuffix("_PORT") { return transports.contains { value.hasPrefix("\($0)://") } }
        return name.contains("_PORT_")
            && transports.contains { transport in
                let end = "_\(transport.uppercased())"
                return name.hasSuffix(end) || ["_PROTO", "_PORT", "_ADDR"].contains { name.hasSuffix(end + $0) }
            }
    }
}
